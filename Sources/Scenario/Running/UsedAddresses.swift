internal import Node

/// The addresses that cases of one run have used. The node may still send to them.
final class UsedAddresses {
    private var all: Set<Endpoint> = []
    private var drawn: Set<UInt32> = []
    /// The number of drawn addresses that are remembered.
    private static let memory = 1 << 20

    /// Adds an address. Returns false if an earlier case used it.
    func insert(_ at: Endpoint) -> Bool { all.insert(at).inserted }

    /// Returns an address in 127.0.0.0/8 with port 0 that no actor of this run has used. It avoids 127.0.0.0/16, where
    /// machines and people assign addresses by hand.
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
