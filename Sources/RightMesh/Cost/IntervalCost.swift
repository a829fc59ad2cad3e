import Node

/// The cost of an INTERVAL in a mesh of S superpeers, all known to each other, and N phones, each attached to one
/// superpeer. Every superpeer greets every other and gets an answer, every phone reports and gets an answer, and no
/// message is lost.
struct IntervalCost {
    let size: MeshSize
    let profile: Profile
    /// True if superpeers advertise to each other only the peers attached to themselves, and not all known peers.
    let isFullMesh: Bool
    let maxDatagram: Int

    init(_ size: MeshSize, _ settings: Settings) {
        self.size = size
        profile = Profile(settings)
        isFullMesh = settings["advertise"] == "full-mesh"
        maxDatagram = Int(settings["max_datagram"]) ?? Limits.datagram.upperBound
    }

    /// The cost: 2 S (S - 1) T(n, S) if all superpeers have N / S phones, otherwise the sum over all pairs.
    var cost: MeshCost { MeshCost(hubs: superpeers, uplinks: uplinks) }

    private var superpeers: MeshTraffic {
        // A superpeer has one of two numbers of phones. Pairs of the same kind cost the same.
        let (s, n) = (size.hubs, size.peers)
        guard s > 1 else { return MeshTraffic() }
        let more = n % s
        let kinds = [(count: more, phones: n / s + 1), (count: s - more, phones: n / s)]
        var sum = MeshTraffic()
        for a in kinds {
            for b in kinds {
                let pairs = a.count * (b.count - (a.phones == b.phones ? 1 : 0))
                // A HELLO from a to b, and the HELLO_ACK from a to b that answers the HELLO from b.
                sum = sum + 2 * pairs * message(listed(by: a.phones, to: b.phones), superpeers: s)
            }
        }
        return sum
    }
    /// Returns the number of MeshIDs that a superpeer with `sender` phones lists to one with `receiver` phones. In
    /// transit mode it lists all except that superpeer and its phones.
    private func listed(by sender: Int, to receiver: Int) -> Int {
        isFullMesh ? sender : size.peers - receiver + size.hubs - 2
    }
    private var uplinks: MeshTraffic {
        guard size.hubs > 0 else { return MeshTraffic() }
        let answer =
            switch profile {
            case .target: message(0, superpeers: size.hubs)
            // The answer lists all nodes except the phone itself.
            case .narrated: message(size.peers + size.hubs - 2, superpeers: nil)
            }
        return size.peers * (message(0, superpeers: nil) + answer)
    }
    private func message(_ peers: Int, superpeers: Int?) -> MeshTraffic {
        MessageCost(peers: peers, superpeers: superpeers, maxDatagram: maxDatagram).traffic
    }
}
