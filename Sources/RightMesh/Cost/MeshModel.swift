import Node
import Wire

/// The model of meshes of superpeers and phones: their cost, and the ways to observe them.
let rightmeshModel = MeshModel(
    hub: MeshRole(kind: Kind.superpeer.rawValue, singular: "superpeer", plural: "superpeers"),
    peer: MeshRole(kind: Kind.seller.rawValue, singular: "peer", plural: "peers"), id: "MeshID", mode: "advertise",
    interval: Limits.interval, longestInterval: Limits.interval * 11 / 10, limit: Limits.records,
    oldest: (Control.status.rawValue, "oldest"),
    identity: { meshID(of: $0).array },
    cost: { IntervalCost($0, $1).cost },
    message: { count, settings in
        let most = Int(settings["max_datagram"]) ?? Limits.datagram.upperBound
        var hello = Hello()
        hello.header.src = meshID(of: "sender")
        hello.body.peers = Peers(
            (0..<count).map { Peer(meshID(of: "peer/\($0)"), hop: 1, role: .client) }, isSnapshot: true)
        let datagrams = (try? hello.datagrams(maxDatagram: most)) ?? []
        let encoded = MeshTraffic(
            messages: 1, datagrams: datagrams.count, ids: count, bytes: datagrams.byteCount)
        return (MessageCost(peers: count, maxDatagram: most).traffic, encoded)
    },
    exchange: exchange, news: news)

private let names = catalogue.map { $0.name.description }

/// Reads an exchange from the header of a datagram.
private func exchange(_ bytes: RawSpan) -> Exchange? {
    guard bytes.byteCount >= Limits.header else { return nil }
    let type = MessageType.load(bytes, 3, .big)
    guard type.isKnown else { return nil }
    let isFirst = UInt16.load(bytes, 56, .big) == 0
    let hasPeers = bytes.byteCount >= Limits.header + 8 && SectionKind.load(bytes, 72, .big) == .peers
    return Exchange(
        names[Int(type.rawValue) - 1], number: UInt64(UInt32.load(bytes, 48, .big)),
        answers: type.isAck ? UInt64(UInt32.load(bytes, 52, .big)) : nil,
        ids: isFirst && hasPeers ? Int(UInt32.load(bytes, 76, .big)) : 0, isFirst: isFirst)
}
/// Returns the change of a route that an event reports.
private func news(_ event: Event) -> MeshNews? {
    func detail(_ name: String) -> Value? { event.details.first { $0.key == name }?.value }
    guard case .bytes(let peer)? = detail("peer") else { return nil }
    switch event.name {
    case "added": return .learned(peer)
    case "updated": return .moved(peer)
    case "removed": return .lost(peer, isExpired: detail("reason") == .text(Removal.expired.rawValue))
    default: return nil
    }
}

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
