import Node
import TLS
import Testing
import Wire

@testable import WebRTC

@Suite struct ObserverTests {
    static let names = Recorded.names

    @Test(arguments: names) func findsEveryMessageOfChannels(_ name: String) throws {
        let recorded = try Recorded(name)
        let seen = Seen(recorded.datagrams, recorded.secrets)
        #expect(recorded.messages.count >= 16)
        #expect(seen.messages == recorded.messages)
        #expect(seen.count("dcep.open") == 1 && seen.count("dcep.ack") == 1)
        #expect(seen.sealed == 0 && seen.remarks == [])
        let counts = recorded.expected["datagrams"] ?? .null
        #expect(UInt64(seen.count("stun.message")) == counts["stun"]?.integer)
        // Each chunk that the independent decoder counted is in a packet.
        var chunks = 0
        for message in seen.all where message.type == SCTPPacket.self {
            chunks += try SCTPPacket(copying: message.bytes).chunks.count
        }
        guard case .map(let told)? = recorded.association["counts"]?["chunks"] else { return }
        #expect(UInt64(chunks) == told.reduce(0) { $0 + ($1.value.integer ?? 0) })
    }
    @Test(arguments: names) func showsConnectionsWithoutKeys(_ name: String) throws {
        let recorded = try Recorded(name)
        let seen = Seen(recorded.datagrams)
        #expect(seen.messages == [] && seen.count("sctp.packet") == 0)
        #expect(seen.count("dtls.client_hello") >= 1 && seen.count("tls.server_hello") == 1)
        #expect(seen.sealed > 20)
        #expect(seen.remarks.count == 1 && seen.remarks[0].hasPrefix("encrypted, no key for client random "))
    }
    @Test(arguments: names) func takesRepeatedDatagramsOnce(_ name: String) throws {
        let recorded = try Recorded(name)
        let once = Seen(recorded.datagrams, recorded.secrets)
        let twice = Seen(recorded.datagrams.flatMap { [$0, $0] }, recorded.secrets)
        #expect(twice.contents == once.contents)
        #expect(twice.all.count { $0.isRepeated } == once.count("dtls.record"))
    }
    @Test(arguments: names) func takesDatagramsInOtherOrder(_ name: String) throws {
        let recorded = try Recorded(name)
        let once = Seen(recorded.datagrams, recorded.secrets)
        let first = recorded.datagrams.firstIndex { $0.bytes[0] == 23 } ?? 0
        for seed in 0..<20 as Range<UInt64> {
            var random = Random(seed: seed)
            var datagrams = recorded.datagrams
            // Neighbours in the data are swapped. The handshake must precede what it gives the keys for.
            for i in stride(from: first + 1, to: datagrams.count, by: 2) where random.next() % 2 == 0 {
                datagrams.swapAt(i - 1, i)
            }
            #expect(Seen(datagrams, recorded.secrets).contents == once.contents, "seed \(seed)")
        }
    }
    /// After a lost datagram with data, its messages are missing, and this is reported. All others are there.
    @Test(arguments: names) func reportsLostData(_ name: String) throws {
        let recorded = try Recorded(name)
        let once = Seen(recorded.datagrams, recorded.secrets)
        var lossy = 0
        for i in recorded.datagrams.indices {
            var rest = recorded.datagrams
            rest.remove(at: i)
            let seen = Seen(rest, recorded.secrets)
            if seen.remarks != [] || seen.contents == once.contents { continue }
            lossy += 1
            let lost = once.contents.count - seen.contents.count
            #expect(lost > 0 && Set(seen.contents).isSubset(of: once.contents), "\(i)")
            #expect(seen.findings.contains { $0.contains("missing from the capture") }, "\(i)")
        }
        #expect(lossy >= 16)
    }
    /// ICE may change the addresses of an association at any time. The new path has STUN requests with the same ufrags.
    @Test(arguments: names) func followsAssociationByUfrags(_ name: String) throws {
        let recorded = try Recorded(name)
        let once = Seen(recorded.datagrams, recorded.secrets)
        let moved = Self.moved(recorded.datagrams, withSTUN: true)
        let seen = Seen(moved, recorded.secrets)
        #expect(seen.contents == once.contents)
        #expect(seen.remarks.contains { $0.hasSuffix("known by its ufrags") })
        // This works without keys too.
        #expect(Seen(moved).remarks.contains { $0.hasSuffix("known by its ufrags") })
    }
    @Test(arguments: names) func followsAssociationByKeys(_ name: String) throws {
        let recorded = try Recorded(name)
        let once = Seen(recorded.datagrams, recorded.secrets)
        let seen = Seen(Self.moved(recorded.datagrams, withSTUN: false), recorded.secrets)
        #expect(seen.contents == once.contents)
        #expect(seen.remarks.contains { $0.hasSuffix("known by its keys") })
    }
    /// Returns the datagrams with other addresses from the first data on.
    private static func moved(_ datagrams: [Datagram], withSTUN: Bool) -> [Datagram] {
        let first = datagrams.firstIndex { $0.bytes[0] == 23 } ?? 0
        func other(_ end: Endpoint) -> Endpoint { Endpoint(v4: 0x0a00_0001, port: end.port ^ 1) }
        func moved(_ datagram: Datagram) -> Datagram {
            Datagram(source: other(datagram.source), destination: other(datagram.destination), bytes: datagram.bytes)
        }
        var out = Array(datagrams[..<first])
        if withSTUN { out += datagrams.prefix(first).filter { $0.bytes[0] < 4 }.map(moved) }
        return out + datagrams[first...].filter { withSTUN || $0.bytes[0] >= 4 }.map(moved)
    }
    @Test func beginsAnotherAssociationWithAnotherRandom() throws {
        let (one, other) = (try Recorded(Self.names[0]), try Recorded(Self.names[1]))
        let ends = (one.datagrams[0].source, one.datagrams[0].destination)
        guard let start = other.datagrams.first else { return }
        // The second connection uses the addresses of the first.
        let second = other.datagrams.map { datagram in
            let isFirst = datagram.source == start.source
            return Datagram(
                source: isFirst ? ends.0 : ends.1, destination: isFirst ? ends.1 : ends.0, bytes: datagram.bytes)
        }
        for secret in other.secrets.all() { one.secrets.add(secret) }
        let seen = Seen(one.datagrams + second, one.secrets)
        #expect(seen.messages.count == one.messages.count + other.messages.count)
    }
    @Test func survivesCutAndChangedDatagrams() throws {
        for name in Self.names {
            let recorded = try Recorded(name)
            for seed in 0..<60 as Range<UInt64> {
                var random = Random(seed: seed)
                func below(_ n: Int) -> Int { Int(random.next() % UInt64(max(1, n))) }
                var datagrams = recorded.datagrams
                for _ in 0..<10 {
                    let i = below(datagrams.count)
                    switch below(4) {
                    case 0: datagrams[i].bytes.removeLast(below(datagrams[i].bytes.count))
                    case 1 where !datagrams[i].bytes.isEmpty:
                        datagrams[i].bytes[below(datagrams[i].bytes.count)] ^= UInt8(1 + below(255))
                    case 2: datagrams.swapAt(i, below(datagrams.count))
                    default: datagrams[i].bytes = random.bytes(below(100))
                    }
                }
                let seen = Seen(datagrams, recorded.secrets)
                #expect(seen.all.count >= datagrams.count)
            }
        }
    }
    @Test func boundsStateOfManyAddresses() {
        var hello: [UInt8] = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 54]
        hello += [1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 42, 0xfe, 0xfd] + [UInt8](repeating: 0, count: 40)
        var observer = WebRTCObserver(memory: 1 << 20, Secrets(), [])
        var out: [ObservedMessage] = []
        for n in 0..<20_000 as Range<UInt32> {
            for i in 0..<4 { hello[27 + i] = UInt8(truncatingIfNeeded: n >> (8 * UInt32(i))) }
            observer.observe(
                hello.span.bytes, from: Endpoint(v4: n, port: 1), to: Endpoint(v4: n, port: 2), number: Int(n),
                at: .zero, into: &out)
            out.removeAll(keepingCapacity: true)
        }
        #expect(observer.counts.associations <= 1024 && observer.counts.paths <= 16_384)
    }
}
