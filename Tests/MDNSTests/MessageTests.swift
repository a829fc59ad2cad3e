import TestMessages
import Testing
import VectorFiles
import Wire

@testable import Libp2p
@testable import MDNS
@testable import Node

@Suite struct MessageTests {
    /// Returns a valid message with random content.
    static func sample(_ seed: UInt64) -> DNSMessage {
        var random = Random(seed: seed, "messages")
        func number(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
        let words = ["_p2p", "_udp", "local", "a", String(repeating: "z", count: 63), "é", "x.y"]
        func name() -> DomainName {
            DomainName(labels: (0..<number(4)).map { _ in Array(words[number(words.count)].utf8) })
        }
        func record() -> ResourceRecord {
            switch number(6) {
            case 0: return ResourceRecord(name(), ptr: name(), ttl: UInt32(number(5)))
            case 1:
                let texts = (0..<number(4)).map { _ in String(repeating: "t", count: number(256)) }
                return ResourceRecord(name(), txt: texts, ttl: 120)
            case 2: return ResourceRecord(name(), srv: ServiceData(name(), port: UInt16(number(65536))), ttl: 1)
            case 3:
                var record = ResourceRecord(name(), .a, ttl: 1)
                record.a = Fixed(random.bytes(4))
                return record
            case 4:
                var record = ResourceRecord(name(), .aaaa, ttl: 1)
                record.aaaa = Fixed(random.bytes(16))
                return record
            default:
                var record = ResourceRecord(name(), RecordType(rawValue: UInt16(47 + number(3))), ttl: 1)
                record.data = Bytes(random.bytes(number(30)))
                record.cacheFlush = 1
                return record
            }
        }
        var message = DNSMessage((0..<number(3)).map { _ in Question(name(), .any) })
        message.response = UInt8(number(2))
        message.answers = (0..<number(4)).map { _ in record() }
        message.authority = (0..<number(2)).map { _ in record() }
        message.additional = (0..<number(4)).map { _ in record() }
        return message
    }
    /// Returns the values of all fields, with whole names and without lengths.
    private func fields(_ bytes: [UInt8]) -> Value {
        func plain(_ value: Value) -> Value {
            switch value {
            case .list(let items): .list(items.map(plain))
            case .map(let entries):
                .map(
                    entries.filter { $0.key != "length" || $0.value.integer.map { $0 < 0 } == true }.map {
                        .init($0.key, plain($0.value))
                    })
            default: value
            }
        }
        return plain(DNSMessage.dissect(bytes).fields(in: bytes.span.bytes))
    }

    @Test func roundTrip() throws {
        for seed in 0..<500 as Range<UInt64> {
            var message = Self.sample(seed)
            let bytes = message.encoded()
            let read = try DNSMessage(copying: bytes.span.bytes)
            // The encoding stores the lengths that it computes.
            message = read
            #expect(read.encoded() == bytes && DNSMessage.reencode(bytes) == bytes)
            #expect(read.questions == message.questions && DNSMessage.dissect(bytes).error == nil)
            let (built, errors) = DNSMessage.encode(DNSMessage.dissect(bytes).fields(in: bytes.span.bytes))
            #expect(built == bytes && errors == [], "seed \(seed)")
        }
    }
    /// The dissection shows the names of the message in memory.
    @Test func showsWhatItReads() throws {
        for seed in 0..<200 as Range<UInt64> {
            let bytes = Self.sample(seed).compressed().encoded()
            let read = try DNSMessage(copying: bytes.span.bytes)
            #expect(DNSMessage.dissect(bytes).fields(in: bytes.span.bytes) == read.value(), "seed \(seed)")
        }
    }
    @Test func compressionKeepsAllNames() {
        var saved = 0
        for seed in 0..<500 as Range<UInt64> {
            let message = Self.sample(seed)
            let (plain, short) = (message.encoded(), message.compressed().encoded())
            #expect(short.count <= plain.count)
            saved += plain.count - short.count
            #expect(fields(plain) == fields(short), "seed \(seed)")
        }
        #expect(saved > 0)
    }
    /// Wrong messages are refused or read, and reading them ends.
    @Test func endsForAnyBytes() {
        for seed in 0..<20 as Range<UInt64> {
            let bytes = Self.sample(seed).compressed().encoded()
            for mutant in DNSMessage.mutants(of: bytes) where DNSMessage.check(mutant.bytes) == nil {
                #expect(DNSMessage.reencode(mutant.bytes) == mutant.bytes, "\(mutant.path) \(mutant.change)")
            }
        }
        var random = Random(seed: 1)
        for _ in 0..<2000 {
            let bytes = random.bytes(Int(random.next() % 200))
            if DNSMessage.check(bytes) == nil { #expect(DNSMessage.reencode(bytes) == bytes) }
        }
    }
    @Test func detectsServiceAmongOtherMessages() {
        func likelihood(_ message: DNSMessage) -> Likelihood { ServiceProbe.likelihood(message.encoded().span.bytes) }
        #expect(likelihood(DNSMessage([Question("_p2p._udp.local", .ptr)])) == .certain)
        #expect(likelihood(DNSMessage([Question("_P2P-00ff._UDP.local", .ptr)])) == .certain)
        #expect(likelihood(DNSMessage([Question("_p2px._udp.local", .ptr)])) == .no)
        #expect(likelihood(DNSMessage([Question("_ipp._tcp.local", .ptr)])) == .no)
        #expect(likelihood(DNSMessage([Question(ServiceNames.meta, .ptr)])) == .likely)
        let second = DNSMessage([Question("_ipp._tcp.local", .ptr), Question("_p2p._udp.local", .ptr)])
        #expect(likelihood(second) == .certain && likelihood(DNSMessage()) == .no)
        for vector in Vector.messages where vector.isAccepted && !vector.requirements.contains("MDNS-12") {
            let isOurs =
                !vector.name.hasPrefix("response_other") && !vector.name.hasPrefix("response_to_legacy")
                && !vector.name.hasPrefix("record_of") && !vector.name.hasPrefix("address_of")
            #expect((ServiceProbe.likelihood(vector.bytes.span.bytes) == .certain) == isOurs, "\(vector.name)")
        }
    }
    @Test func observerJudgesResponses() throws {
        let id = Identity(seed: [1]).peer
        let name = String(repeating: "n", count: 32)
        func findings(_ name: String, _ strings: [String], times: [Int64] = [0]) -> [String] {
            let instance = ("_p2p._udp.local" as DomainName).prefixed(by: name)
            let message = DNSMessage(
                answers: [ResourceRecord("_p2p._udp.local", ptr: instance, ttl: 120)],
                additional: [ResourceRecord(instance, txt: strings, ttl: 120)])
            var (observer, out): (ResponseObserver, [Finding]) = (ResponseObserver(), [])
            for time in times {
                observer.observe(
                    DNSMessage.self, message.encoded().span.bytes, isGood: true, from: .us,
                    at: .zero + .milliseconds(time), into: &out)
            }
            return out.compactMap(\.requirement)
        }
        let good = "dnsaddr=/ip4/192.168.0.1/tcp/4001/p2p/\(id)"
        #expect(findings(name, [good, "other=1"]) == [])
        #expect(findings(name, ["dnsaddr=/ip4/192.168.0.1/tcp/4001"]) == ["MDNS-04", "MDNS-05"])
        #expect(findings(name, []) == ["MDNS-05"])
        #expect(findings(name, ["dnsaddr=/ip4/8.8.8.8/tcp/4001/p2p/\(id)"]) == ["MDNS-20"])
        #expect(findings("short", [good]) == ["MDNS-10"] && findings(id.description, [good]) == ["MDNS-10"])
        #expect(
            findings(name, [good], times: [0, 899]) == ["MDNS-18"] && findings(name, [good], times: [0, 1000]) == [])
        #expect(findings(name, Array(repeating: good, count: 20)) == ["MDNS-16"])
    }
}
