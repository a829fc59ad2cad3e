import Node
import Testing
import Wire

@testable import RightMesh

/// The sources that a node keeps if it has no room for all. `meshspec-bench flood` has a million addresses.
struct FloodTests {
    /// Each flooding source has sent complete messages before. Long-known sources have priority over them.
    @Test func neighboursGoFirst() {
        var reassembler = Reassembler()
        #expect(reassembler.hear(Maker.message(peers: 0)) == "message")
        #expect(reassembler.hear(Maker.message(msgID: 2, peers: 0), at: 30_000) == "message")
        let honest = Maker.datagrams(msgID: 3, peers: 1000, maxDatagram: 1400)
        var hello = Maker.message(peers: 0)
        var stranger = Stranger(to: MeshID(repeating: 0xb2))
        func flood(_ count: Int) {
            for _ in 0..<count {
                let at = stranger.next()
                hello.replaceSubrange(8..<28, with: stranger.datagram[8..<28])
                #expect(reassembler.hear(hello, from: at, at: 30_000) == "message")
                _ = reassembler.hear(stranger.datagram, from: at, at: 30_000)
            }
        }
        flood(Limits.open)
        for (i, d) in honest.enumerated() {
            flood(500)
            #expect(reassembler.held > Limits.held - 20 * Stranger.bytes)
            let outcome = reassembler.hear(d, at: 30_000)
            #expect(outcome == (i < honest.count - 1 ? "more" : "message"))
        }
        #expect(reassembler.held <= Limits.held && reassembler.open.count <= Limits.open)
        #expect(reassembler.counters[.evict] > 5000)
    }
    /// An endless number of sources sends complete messages. The table keeps long-known sources and forgets others.
    @Test func longKnownAreRemembered() {
        var sources = SourceTable()
        let (old, young) = (Maker.id(1), Maker.id(2))
        for second: Int64 in [0, 15, 30] {
            _ = sources.hear(old, boot: 1, at: .loopback(1), now: .zero + .seconds(second))
        }
        _ = sources.hear(young, boot: 1, at: .loopback(2), now: .zero + .seconds(30))
        #expect(sources.standing(of: old, at: .loopback(1)) == .established)
        #expect(sources.standing(of: young, at: .loopback(2)) == .newcomer)
        for i in 0..<Limits.remembered {
            _ = sources.hear(Maker.id(10 + i), boot: 1, at: Endpoint(i), now: .zero + .seconds(31))
        }
        #expect(sources.standing(of: old, at: .loopback(1)) == .established && sources[young] == nil)
        #expect(sources.count == Limits.remembered + 1)
        // Sources that continue for HOLD count the same, up to a limit.
        for i in 0..<Limits.remembered {
            _ = sources.hear(Maker.id(10 + i), boot: 1, at: Endpoint(i), now: .zero + .seconds(61))
        }
        let known = (0..<Limits.remembered).count {
            sources.standing(of: Maker.id(10 + $0), at: Endpoint($0)) == .established
        }
        #expect(known == Limits.established - 1 && sources[old]?.life == 1)
        sources.expire(now: .zero + .seconds(61) + Limits.silence)
        #expect(sources.count == 0)
    }
    /// Complete messages in the name of a source from another address do not replace it, unless it has been silent.
    @Test func elsewhere() {
        var sources = SourceTable()
        let src = Maker.id(1)
        func hear(_ port: UInt16, _ second: Int64) {
            _ = sources.hear(src, boot: 1, at: .loopback(port), now: .zero + .seconds(second))
        }
        for second: Int64 in [0, 10, 20, 30] { hear(1, second) }
        hear(2, 31)
        #expect(sources.standing(of: src, at: .loopback(1)) == .established)
        #expect(sources.standing(of: src, at: .loopback(2)) == .stranger)
        hear(2, 60)
        #expect(sources.standing(of: src, at: .loopback(1)) == .stranger)
        #expect(sources.standing(of: src, at: .loopback(2)) == .newcomer)
        hear(2, 90)
        #expect(sources.standing(of: src, at: .loopback(2)) == .established)
    }
    /// If the table is full, an unknown source does not replace a known one.
    @Test func strangersWait() {
        var reassembler = Reassembler()
        var hello = Maker.message(peers: 0)
        for i in 0..<Limits.open {
            hello.replaceSubrange(8..<28, with: Maker.id(i).array)
            _ = reassembler.hear(hello, from: Endpoint(i))
            _ = reassembler.hear(Maker.beginning(src: Maker.id(i), msgID: 2, bytes: 1), from: Endpoint(i))
        }
        #expect(reassembler.open.count == Limits.open)
        #expect(reassembler.hear(Maker.beginning(src: Maker.id(1 << 40), bytes: 1), from: Endpoint(1 << 40)) == "full")
        #expect(reassembler.counters[.evict] == 0)
        _ = reassembler.hear(Maker.beginning(src: Maker.id(0), msgID: 3, bytes: 1), from: Endpoint(0))
        #expect(reassembler.counters[.evict] == 1 && reassembler.open.count == Limits.open)
    }
}
