import Testing
import Wire

@testable import Node
@testable import RightMesh

/// Rows of the table that the vectors lack, limits, and floods.
@Suite struct ReassemblerTests {
    /// RM-09, RM-11: in any order, with each fragment twice.
    @Test(arguments: [1, 2, 330, 331, 1000, 5000, 10_000]) func anyOrderRejoins(count: Int) throws {
        let whole = Maker.message(peers: count)
        var random = Random(seed: 0x5eed, "order")
        for maxDatagram in [8000, 1400] {
            var datagrams = try Fragmenter.split(whole.span.bytes, maxDatagram: maxDatagram)
            for i in datagrams.indices { datagrams.swapAt(i, Int(random.next() % UInt64(datagrams.count))) }
            var reassembler = Reassembler(own: MeshID(repeating: 0xb2))
            for (i, d) in datagrams.enumerated() {
                let outcome = reassembler.receive(d.span.bytes, from: .loopback(1), now: .zero)
                if i < datagrams.count - 1 {
                    guard case .more = outcome else { throw Wrong() }
                    #expect(reassembler.hear(d) == "dup")
                } else {
                    guard case .message(let m) = outcome else { throw Wrong() }
                    let hello = try Hello(copying: m.bytes)
                    #expect(hello.body.peers?.records == Maker.peers(count))
                    #expect(Hello.dissect(m.bytes).notes == [], "a message that was rejoined contradicts itself")
                    #expect(m.bytes.count == whole.count && m.bytes[72...] == whole[72...])
                }
            }
            #expect(reassembler.held == 0 && reassembler.open.isEmpty)
        }
    }
    struct Wrong: Error {}

    /// RM-43: the 16 MiB are completely full. A started message remains, and a fragment that does not fit is refused.
    @Test func memoryIsFull() {
        var reassembler = Reassembler()
        var sent = 0
        // 2,116 fragments of 7,928 bytes fit, each from its own message and address.
        for i in 0..<2116 {
            #expect(reassembler.hear(Maker.beginning(src: Maker.id(i), bytes: 7928), from: Endpoint(i)) == "more")
            sent += 7928
        }
        let rest = Limits.held - sent
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(9999), bytes: rest + 1), from: Endpoint(9999)) == "full")
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(9999), bytes: rest), from: Endpoint(9999)) == "more")
        #expect(reassembler.held == Limits.held)
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(7), bytes: 1), from: Endpoint(8)) == "full")
        // A message in one datagram needs no memory.
        #expect(reassembler.hear(Maker.message(peers: 330)) == "message")
        #expect(reassembler.counters[.full] == 2 && reassembler.counters[.evict] == 0)
        reassembler.expire(now: .zero + .seconds(4))
        #expect(reassembler.held == 0 && reassembler.counters[.timeout] == 2117)
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(7), bytes: 1), from: Endpoint(8), at: 4000) == "more")
    }
    /// Messages of sources that are known at their address are accepted while unknown sources hold all memory. The
    /// unknown sources lose their memory.
    @Test func knownSourcesHaveRoom() {
        var reassembler = Reassembler()
        #expect(reassembler.hear(Maker.message(peers: 0)) == "message")
        for i in 0..<2116 { _ = reassembler.hear(Maker.beginning(src: Maker.id(i), bytes: 7928), from: Endpoint(i)) }
        let datagrams = Maker.datagrams(msgID: 2, peers: 10_000, maxDatagram: 8000)
        for (i, d) in datagrams.enumerated() {
            #expect(reassembler.hear(d) == (i < datagrams.count - 1 ? "more" : "message"))
        }
        #expect(reassembler.counters[.evict] > 0 && reassembler.counters[.full] == 0)
        // From another address, the same source is unknown.
        for i in 0..<2116 {
            _ = reassembler.hear(Maker.beginning(src: Maker.id(i), msgID: 2, bytes: 7928), from: Endpoint(i))
        }
        let others = Maker.datagrams(msgID: 3, peers: 10_000, maxDatagram: 8000)
        #expect(reassembler.hear(others[0], from: .loopback(2)) == "full")
        #expect(reassembler.hear(others[0]) == "more")
    }
    /// An endless number of addresses begins messages and completes none. Memory remains at its limit, and a known
    /// source is not affected.
    @Test func floodOfAddresses() {
        var reassembler = Reassembler()
        #expect(reassembler.hear(Maker.message(peers: 0)) == "message")
        var template = Maker.beginning(src: Maker.id(0), bytes: 1)
        let honest = Maker.datagrams(msgID: 2, peers: 1000, maxDatagram: 1400)
        var taken = 0
        var most = 0
        for i in 0..<60_000 {
            for k in 0..<4 { template[8 + k] = UInt8(truncatingIfNeeded: i >> (8 * k)) }
            _ = reassembler.hear(template, from: Endpoint(i))
            if i % 3_000 == 2_999, taken < honest.count {
                let outcome = reassembler.hear(honest[taken])
                taken += 1
                #expect(outcome == (taken < honest.count ? "more" : "message"), "fragment \(taken)")
            }
            if i % 10_000 == 0 { most = max(most, reassembler.open.count) }
        }
        #expect(taken == honest.count)
        #expect(most <= Limits.open && reassembler.held <= Limits.held)
        #expect(reassembler.counters[.evict] > 40_000)
    }
    /// An endless number of sources sends complete messages. The number of remembered sources is limited, and the
    /// latest are kept.
    @Test func floodOfSources() {
        var reassembler = Reassembler()
        var template = Maker.message(peers: 0)
        for i in 0..<80_000 {
            for k in 0..<4 { template[8 + k] = UInt8(truncatingIfNeeded: i >> (8 * k)) }
            _ = reassembler.hear(template, from: Endpoint(i))
        }
        #expect(reassembler.remembered <= 5 * Limits.remembered)
        #expect(reassembler.hear(template, from: Endpoint(1)) == "dupDone")
    }
    /// 16,384 fragments with one byte each, the last one first, form an invalid body within the memory limit. More
    /// fragments are refused.
    @Test func manySmallFragments() {
        var reassembler = Reassembler()
        var f = Fragment()
        f.header.src = Maker.id(1)
        f.header.dst = MeshID(repeating: 0xb2)
        f.header.fragCount = 16_384
        f.header.bodyLen.stored = 16_384
        f.header.bodyCRC.stored = 1
        for i in (0..<16_384).reversed() {
            f.header.fragIndex = UInt16(i)
            f.content = Bytes([UInt8(i & 255)])
            let outcome = reassembler.hear(f.encoded())
            #expect(outcome == (i > 0 ? "more" : "crc"))
            if i == 1 { #expect(reassembler.held == 16_383 * Limits.heldLeast) }
        }
        #expect(reassembler.held == 0)
        // The largest number in the header: each fragment is refused.
        f.header.fragCount = 65_535
        f.header.bodyLen.stored = 65_535
        var datagram = f.encoded()
        for i in 0..<65_535 {
            (datagram[56], datagram[57]) = (UInt8(i >> 8), UInt8(i & 255))
            _ = reassembler.hear(datagram)
        }
        #expect(reassembler.counters[.tooBig] == 65_535 && reassembler.held == 0)
        f.header.fragCount = 16_385
        #expect(reassembler.hear(f.encoded()) == "tooBig")
    }
    /// A length in the header never allocates memory. Only received bytes count.
    @Test func claimsAreNotBelieved() {
        var reassembler = Reassembler()
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(1), bytes: 100)) == "more")
        #expect(reassembler.held == 100)
        #expect(reassembler.open.first?.assembly.missing().count == 16_383)
        var f = Fragment()
        f.header.src = Maker.id(2)
        f.header.bodyLen.stored = 1 << 30
        f.content = Bytes([1])
        #expect(reassembler.hear(f.encoded()) == "tooBig")
    }
    /// The deadline is the one for the oldest message. Nothing extends it.
    @Test func deadlines() {
        var reassembler = Reassembler()
        #expect(reassembler.deadline == nil)
        let d = Maker.datagrams(peers: 20)
        _ = reassembler.hear(d[0], at: 100)
        _ = reassembler.hear(d[1], at: 3000)
        #expect(reassembler.deadline == .zero + .milliseconds(4100))
        reassembler.expire(now: .zero + .milliseconds(4099))
        #expect(reassembler.open.count == 1 && reassembler.open.first?.assembly.missing() == [2])
        reassembler.expire(now: .zero + .milliseconds(4100))
        #expect(reassembler.deadline == nil && reassembler.counters[.timeout] == 1)
    }
    /// Any bytes, and datagrams with any change, with clock jumps, cause no trap. Each datagram counts once or is
    /// accepted.
    @Test func garbageNeverTraps() {
        var random = Random(seed: 0x5eed, "garbage")
        let corpus = Maker.datagrams(peers: 40) + Maker.datagrams(.find, peers: 30) + [Maker.message(peers: 3)]
        var reassembler = Reassembler(own: MeshID(repeating: 0xb2))
        var before: UInt64 = 0
        for _ in 0..<30_000 {
            var bytes = corpus[Int(random.next() % UInt64(corpus.count))]
            switch random.next() % 4 {
            case 0: bytes = random.bytes(Int(random.next() % 200))
            case 1: bytes = Array(bytes.prefix(Int(random.next() % 300)))
            default:
                for _ in 0..<random.next() % 3 + 1 {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 255)
                }
            }
            let now = Instant.zero + .milliseconds(Int64(random.next() % 10_000))
            let evicted = [Counter.evict, .timeout, .superseded].reduce(0) { $0 + reassembler.counters[$1] }
            let outcome = reassembler.receive(
                bytes.span.bytes, from: .loopback(UInt16(random.next() % 3)), now: now)
            let all = Counter.allCases.reduce(0) { $0 + reassembler.counters[$1] }
            let given = [Counter.evict, .timeout, .superseded].reduce(0) { $0 + reassembler.counters[$1] } - evicted
            switch outcome {
            case .dropped, .done: #expect(all - given == before + 1)
            default: #expect(all - given == before)
            }
            before = all
        }
    }
    /// RM-38: the same answer is repeated for 4 s, at most once in half a retransmission time.
    @Test func answersAreRepeated() throws {
        var cache = AnswerCache()
        let request = MessageKey(try Header.read(Maker.message(peers: 0).span.bytes))
        let answer = Maker.datagrams(.helloAck, peers: 31)
        func again(_ ms: Int64) -> Bool {
            cache.again(request, rto: .seconds(1), now: .zero + .milliseconds(ms)) == answer
        }
        #expect(!again(0))
        cache.keep(answer, to: request, now: .zero + .milliseconds(10))
        #expect(
            [509, 510, 511, 1009, 1010, 4009, 4010].map(again) == [false, true, false, false, true, true, false])
        // If the answers exceed the room, the latest remain.
        for i in 1...3 {
            var h = try Header.read(Maker.message(peers: 0).span.bytes)
            h.msgID = UInt32(i)
            cache.keep([[UInt8](repeating: 1, count: 8 << 20)], to: MessageKey(h), now: .zero + .seconds(5))
            #expect(cache.again(MessageKey(h), rto: .seconds(1), now: .zero + .seconds(6)) != nil)
        }
        var first = try Header.read(Maker.message(peers: 0).span.bytes)
        first.msgID = 1
        #expect(cache.again(MessageKey(first), rto: .seconds(1), now: .zero + .seconds(7)) == nil)
    }
    /// RM-44: only `hop_limit` changes.
    @Test func relayChangesOneByte() throws {
        let find = Maker.datagrams(.find, peers: 10)[0]
        var reassembler = Reassembler(own: MeshID(repeating: 0xee))
        #expect(reassembler.hear(find) == "relay")
        let on = Relay.forwarded(find.span.bytes)
        #expect(on[6] == find[6] - 1 && on[..<6] == find[..<6] && on[7...] == find[7...])
    }
    @Test func serialNumbers() {
        #expect(SerialNumber.next(1) == 2 && SerialNumber.next(.max) == 1)
        #expect(SerialNumber.isNewer(1, than: .max) && !SerialNumber.isNewer(.max, than: 1))
        #expect(!SerialNumber.isNewer(5, than: 5) && !SerialNumber.isNewer(0x8000_0001, than: 1))
        #expect(SerialNumber.isNewer(0x8000_0000, than: 1))
    }
    @Test func agingTable() {
        var t = ExpiringLRU<UInt32, String>()
        for i in 0..<5 as Range<UInt32> { t.set(i, "\(i)", at: .zero + .seconds(Int(i))) }
        t.set(1, "one", at: .zero + .seconds(9))
        #expect(t.all.map(\.key) == [0, 2, 3, 4, 1] && t[1] == "one")
        #expect(t.remove(3) == "3" && t.remove(3) == nil && t.count == 4)
        #expect(t.slot(of: 99) == nil)
        if let slot = t.slot(of: 4) { t[at: slot] += "!" }
        #expect(t[4] == "4!" && t.all.map(\.key) == [0, 2, 4, 1])
        let slot = t.slot(of: 0, at: .zero + .seconds(9), orNew: "new")
        #expect(t[at: slot] == "0" && t.all.map(\.key) == [2, 4, 1, 0])
        let another = t.slot(of: 50, at: .zero, orNew: "new")
        #expect(t[at: another] == "new" && t.remove(50) == "new" && t.remove(0) == "0")
        #expect(t.removeAll(olderThan: .seconds(2), now: .zero + .seconds(4)) == 1 && t.first?.key == 4)
        for i in 10..<20 as Range<UInt32> { t.set(i, "", at: .zero + .seconds(10)) }
        t.trim(to: 3)
        #expect(t.all.map(\.key) == [17, 18, 19])
    }
}

extension Endpoint {
    /// Creates one endpoint of many.
    init(_ n: Int) { self.init(high: 0xfd00_0000_0000_0000, low: UInt64(n), port: 40_000) }
}
