internal import Node

/// Addresses that cases of one run had, at which the node may still speak to them.
final class UsedAddresses {
    private var all: Set<Endpoint> = []
    private var drawn: Set<UInt32> = []
    /// Addresses that are drawn are remembered so long.
    private static let memory = 1 << 20

    /// False: an earlier case had it.
    func insert(_ at: Endpoint) -> Bool { all.insert(at).inserted }

    /// An address of 127.0.0.0/8, with port 0, that no actor of this run had. None of 127.0.0.0/16, where machines and
    /// people put things by hand.
    func draw(_ random: Random, besides node: Endpoint) -> Endpoint {
        var random = random
        if drawn.count >= Self.memory { drawn = [] }
        while true {
            let v4 = 0x7f00_0000 | UInt32(truncatingIfNeeded: random.next() >> 40)
            let (network, last) = (v4 >> 16 & 255, v4 & 255)
            guard network != 0, last != 0, last != 255, v4 != node.v4, drawn.insert(v4).inserted else { continue }
            return Endpoint(v4: v4, port: 0)
        }
    }
}
