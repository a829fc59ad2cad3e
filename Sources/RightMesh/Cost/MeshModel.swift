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
