import Node

/// What an INTERVAL costs in a mesh of S superpeers that all know each other and N phones, each attached to one of
/// them: every superpeer greets every other and is answered, every phone reports and is answered, nothing is lost.
struct IntervalCost {
    let size: MeshSize
    let profile: Profile
    /// Superpeers tell each other what is attached to themselves, instead of all that they know.
    let isFullMesh: Bool
    let maxDatagram: Int

    init(_ size: MeshSize, _ settings: Settings) {
        self.size = size
        profile = Profile(settings)
        isFullMesh = settings["advertise"] == "full-mesh"
        maxDatagram = Int(settings["max_datagram"]) ?? Limits.datagram.upperBound
    }

    /// 2 S (S - 1) T(n, S) when all superpeers have N / S phones; else the sum over all pairs.
    var cost: MeshCost { MeshCost(hubs: superpeers, uplinks: uplinks) }

    private var superpeers: MeshTraffic {
        // Superpeers have one of two numbers of phones: pairs of a kind cost the same.
        let (s, n) = (size.hubs, size.peers)
        guard s > 1 else { return MeshTraffic() }
        let more = n % s
        let kinds = [(count: more, phones: n / s + 1), (count: s - more, phones: n / s)]
        var sum = MeshTraffic()
        for a in kinds {
            for b in kinds {
                let pairs = a.count * (b.count - (a.phones == b.phones ? 1 : 0))
                // a HELLO from a to b, and the HELLO_ACK from a to b that answers the one from b.
                sum = sum + 2 * pairs * message(listed(by: a.phones, to: b.phones), superpeers: s)
            }
        }
        return sum
    }
    /// MeshIDs that a superpeer with so many phones lists to one with so many: in transit mode all but that one and
    /// what is attached to it.
    private func listed(by sender: Int, to receiver: Int) -> Int {
        isFullMesh ? sender : size.peers - receiver + size.hubs - 2
    }
    private var uplinks: MeshTraffic {
        guard size.hubs > 0 else { return MeshTraffic() }
        let answer =
            switch profile {
            case .target: message(0, superpeers: size.hubs)
            // All but the phone itself.
            case .narrated: message(size.peers + size.hubs - 2, superpeers: nil)
            }
        return size.peers * (message(0, superpeers: nil) + answer)
    }
    private func message(_ peers: Int, superpeers: Int?) -> MeshTraffic {
        MessageCost(peers: peers, superpeers: superpeers, maxDatagram: maxDatagram).traffic
    }
}
