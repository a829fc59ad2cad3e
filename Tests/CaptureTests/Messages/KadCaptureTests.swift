import Gossipsub
import Kademlia
import Libp2p
import Node
import Testing
import Wire

@testable import Capture

/// Tests of the traffic of a DHT of go-libp2p, compared with an independent decoder.
struct KadCaptureTests {
    private static let name = NanoCaptureTests.folder + "../kad/kad-small"

    private func decoded(_ definitions: [Definition]) throws -> (Kept, Tally) {
        var file = try CaptureFile(Self.name + ".pcap")
        var table = FlowTable(definitions, ReadingOptions())
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    /// Returns a message in the form of the expectation.
    private func told(_ content: KadContent) -> String {
        func hex(_ bytes: Bytes?) -> String { bytes?.own?.hex ?? "" }
        func peers(_ all: [KadPeer]) -> String {
            all.map { "\(hex($0.id))/\($0.addresses.map { hex($0) })/\($0.connection?.rawValue ?? 0)" }.joined(
                separator: " ")
        }
        let record = content.record.map {
            "\(hex($0.key))=\(hex($0.value)) at \($0.timeReceived?.string(in: RawSpan()) ?? "")"
        }
        return "\((content.type ?? .putValue).rawValue) \(content.clusterLevel ?? 0) \(hex(content.key)) "
            + "\(record ?? "none") [\(peers(content.closerPeers))] [\(peers(content.providerPeers))]"
    }
    private func told(_ message: Value) -> String {
        let types = ["PUT_VALUE", "GET_VALUE", "ADD_PROVIDER", "GET_PROVIDERS", "FIND_NODE", "PING"]
        func text(_ value: Value?) -> String { if case .text(let text)? = value { text } else { "" } }
        func list(_ value: Value?) -> [Value] { if case .list(let list)? = value { list } else { [] } }
        func peers(_ value: Value?) -> String {
            list(value).map {
                "\(text($0["id"]))/\(list($0["addrs"]).map { text($0) })/\($0["connection"]?.integer ?? 0)"
            }
            .joined(separator: " ")
        }
        var record = "none"
        if let value = message["record"], value != .null {
            record = "\(text(value["key"]))=\(text(value["value"])) at \(text(value["timeReceived"]))"
        }
        return "\(types.firstIndex(of: text(message["type"])) ?? -1) \(message["clusterLevelRaw"]?.integer ?? 0) "
            + "\(text(message["key"])) \(record) [\(peers(message["closerPeers"]))] [\(peers(message["providerPeers"]))]"
    }
    /// Each message of each stream has the fields of the expectation, and no rule is broken.
    @Test func equalsItsExpectation() throws {
        let wanted = try #require(JSON.parse(try NanoCaptureTests.bytes(of: Self.name + ".json")))
        let (kept, tally) = try decoded([.gossipsub, .kademlia])
        #expect(tally.gaps == 0 && tally.flows == 30)
        #expect(kept.records.allSatisfy { $0.kind == .message })
        // The driver sent one PING, which nodes must not send.
        let notes = kept.records.flatMap(\.notes).filter { $0.severity > .info }
        #expect(notes.map(\.requirement) == ["KAD-74"])
        var found: [String: [String]] = [:]
        for i in kept.records.indices where kept.records[i].name == "kad.message" {
            let record = kept.records[i]
            let message = try KadMessage(copying: kept.bytes[i])
            let stream = record.path.split(separator: "/").first { $0.hasPrefix("#") } ?? ""
            found["\(record.flow)\(stream)", default: []].append(told(message.message))
        }
        guard case .list(let connections)? = wanted["connections"] else { return #expect(Bool(false)) }
        var count = 0
        for connection in connections {
            guard case .list(let streams)? = connection["streams"] else { continue }
            for stream in streams {
                guard case .list(let messages)? = stream["kad"] else { continue }
                let key = "\((connection["index"]?.integer ?? 0) + 1)#\(stream["id"]?.integer ?? 0)"
                #expect(found[key] == messages.map { told($0["message"] ?? .null) }, "stream \(key)")
                count += messages.count
            }
        }
        #expect(count == 539 && found.values.reduce(0) { $0 + $1.count } == count)
    }
}
