import TestThreads
import Testing

@testable import meshspec

/// The capture of four signal servers on one DHT: three of the network `alpha`, one of `beta`, and a client at three of
/// them, all in the same swarm.
@Suite(.waits) struct HostsOnDHTTests {
    /// Returns the decoded records with this message, as lines of JSON.
    private func records(_ message: String) throws -> [String] {
        let name = "Captures/dxos/dxos-hosts-dht"
        let r = try Shell.run("meshspec decode \(name).pcap --keylog \(name).keys -o json")
        #expect(r.status == 0, "\(r.err)")
        return r.lines.filter { $0.contains("\"message\":\"\(message)\"") }
    }
    /// Hosts of a network provide its key and find only each other there. The keys are those of `dxos-signal/alpha` and
    /// `dxos-signal/beta` (Vectors/kad/functions.yaml).
    @Test(arguments: [
        ("12203102beaf2d04fe56b765cfaf06d4172cff1f19e4073dad0e4cd664bd8d982dfb", 7, 3),
        ("1220893c8eaee618420edffb60675cd92b6c15502f77c48361f296d94186709d9038", 2, 1),
    ]) func providers(key: String, stored: Int, hosts: Int) throws {
        let records = try records("kad.message").filter { $0.contains("\"key\":\"\(key)\"") }
        #expect(records.count { $0.contains("\"add_provider\"") } == stored)
        func providers(_ record: String) -> Set<Substring> {
            guard let list = record.firstRange(of: "\"provider_peers\":[") else { return [] }
            return Set(record[list.upperBound...].split(separator: "\"id\":\"").dropFirst().map { $0.prefix(76) })
        }
        let all = records.reduce(into: Set<Substring>()) { $0.formUnion(providers($1)) }
        #expect(all.count == hosts)
    }
    /// The clients at two hosts of `alpha` hear of each other, and one hears that the other leaves. The client at `beta`
    /// hears nothing.
    @Test func announcements() throws {
        let events = try records("dxos.response").filter { $0.contains("\"swarm_event\"") }
        func count(_ port: Int, _ event: String) -> Int {
            events.count { $0.contains("\"src\":\"127.0.0.1:\(port)\"") && $0.contains("\"\(event)\"") }
        }
        #expect(count(20_082, "peer_available") == 1 && count(20_083, "peer_available") == 1)
        #expect(count(20_082, "peer_left") == 1 && events.count == 3)
    }
}
