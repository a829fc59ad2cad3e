import CLinux
import Glibc
import Node
import RightMesh
import Wire

extension Benchmark {
    /// The time that a superpeer needs for datagrams of a million addresses. Each datagram begins a message and does
    /// not finish it. Meanwhile its neighbours send it lists in many datagrams. The limit is the time in which a
    /// gigabit line delivers the datagrams.
    static let flood = Benchmark(name: "flood of 1000000 addresses", limit: "gigabit line", goal: "at most 1") {
        linux_keep_heap()
        guard var superpeer = FloodedSuperpeer() else { return nil }
        let start = now
        superpeer.flood()
        let passed = now - start
        // A figure counts only if memory was full, and the messages of all neighbours were received nevertheless.
        guard superpeer.isHearing else { return nil }
        // The bits include the headers of UDP, IP and Ethernet, and the gap between frames.
        let bits = FloodedSuperpeer.strangers * (FloodedSuperpeer.datagram + 8 + 20 + 38) * 8
        return Row(figure: passed / 1e9, limit: Double(bits) / 1e9, unit: "s")
    }
}

/// A superpeer with neighbours during a flood.
private struct FloodedSuperpeer {
    static let strangers = 1_000_000
    /// The size of each datagram of the flood in bytes: 16,384 of them fill the memory for incomplete messages.
    static let datagram = 72 + 1023
    static let neighbours = 10
    /// The number of peers of each neighbour, in 19 datagrams.
    static let peers = 1000
    /// The number of INTERVALs of the flood; neighbours report once in each.
    static let rounds = 8
    private var node: any Node
    private var now = Instant.zero
    private let own = [UInt8](repeating: 0x77, count: 20)

    init?() {
        guard let node = Benchmark.superpeer(own, linkedTo: Self.neighbours, now) else { return nil }
        self.node = node
        for i in 0..<Self.neighbours { deliver(report(of: i, 1, peers: 0)[0], of: i) }
    }
    /// True if all data of the neighbours arrived although memory was full.
    var isHearing: Bool {
        let evicted = node.answer("counters", [], now: now)?["evict"]?.integer ?? 0
        let routes = node.answer("status", [], now: now)?["routes"]?.integer ?? 0
        return evicted > Self.strangers / 2 && routes == Self.neighbours * (1 + Self.peers)
    }
    mutating func flood() {
        var stranger = header(src: [UInt8](repeating: 0, count: 20), 1) + [UInt8](repeating: 1, count: 1023)
        stranger.replaceSubrange(56..<70, with: [0, 0, 0x40, 0, 0, 0x20, 0, 0, 0, 0, 0, 1, 3, 0xff])
        var letters: [(of: Int, bytes: [UInt8])] = []
        var out: [Action] = []
        for n in 0..<Self.strangers {
            let round = n * Self.rounds / Self.strangers
            if letters.isEmpty, n % (Self.strangers / Self.rounds) == 20_000 {
                for i in 0..<Self.neighbours {
                    letters += report(of: i, UInt32(2 + round), peers: Self.peers).map { (i, $0) }
                }
                letters.reverse()
            }
            for k in 0..<4 { stranger[8 + k] = UInt8(truncatingIfNeeded: (n + 1) >> (8 * k)) }
            let link = LinkID(UInt64(1000 + n))
            node.opened(link, peer: Endpoint(v4: UInt32(0x0a00_0000 + n), port: 40_000), by: .them, now: now, &out)
            node.received(stranger.span.bytes, on: link, now: now, &out)
            node.closed(link, now: now, &out)
            out.removeAll(keepingCapacity: true)
            // One datagram of a neighbour follows four hundred of the flood, so that a report takes some hundred
            // milliseconds.
            if n % 400 == 0, let letter = letters.popLast() { deliver(letter.bytes, of: letter.of) }
            now = now + .nanoseconds(6_000_000_000 * Int64(Self.rounds) / Int64(Self.strangers))
        }
    }
    private mutating func deliver(_ bytes: [UInt8], of i: Int) {
        var out: [Action] = []
        node.received(bytes.span.bytes, on: LinkID(UInt64(i)), now: now, &out)
    }
    /// Returns the datagrams of an INFO with peers.
    private func report(of i: Int, _ msgID: UInt32, peers: Int) -> [[UInt8]] {
        var m = header(src: [UInt8](repeating: 1, count: 19) + [UInt8(i + 1)], msgID)
        m += [1, 1, 0, 24, 0, 0, UInt8(peers >> 8), UInt8(peers & 255)]
        for p in 0..<peers {
            m += [UInt8(i + 1), UInt8(p >> 8), UInt8(p & 255)] + [UInt8](repeating: 2, count: 17) + [1, 1, 0, 0]
        }
        Fragmenter.seal(&m)
        return (try? Fragmenter.split(m.span.bytes, maxDatagram: 1400)) ?? []
    }
    private func header(src: [UInt8], _ msgID: UInt32) -> [UInt8] {
        [0x52, 0x4d, 1, 3, 0, 2, 1, 0] + src + own + [0, 0, 0, UInt8(msgID)] + [0, 0, 0, 0, 0, 0, 0, 1]
            + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    }
}
