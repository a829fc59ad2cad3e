import Node
import Wire

// The questions and the command that the operator of a node may send it, like the RPC of nano-node.
extension ReferenceNode {
    /// The command that changes the configured peers.
    static let configure = "configure"
    /// The question whose answer a later start takes over.
    static let store = "store"

    static let controls = [
        NodeControl(
            asks: "peers", "the connected peers: a list of {address, peering, node_id, version, direction}",
            columns: ["address", "peering", "node_id", "version", "direction"]),
        NodeControl(
            asks: "telemetry", "the latest telemetry of each peer, unless it is outdated",
            columns: ["node_id", "address", "block_count", "cemented_count", "account_count", "peer_count", "software"]),
        NodeControl(
            asks: "stats", "counts since the start: checked handshake responses by result, received messages by type",
            columns: []),
        NodeControl(
            asks: "representatives",
            "the connected representatives with their weights, and whether these suffice; weights are in raw",
            columns: []),
        NodeControl(
            asks: store, "what the node keeps over a restart: stored peers, and configured ones that were set",
            columns: []),
        NodeControl(
            tells: configure, "sets configured peers, which the node reads at its next start", .several("peers")),
    ]

    /// Returns the answer to a question; nil if it is unknown.
    func answer(_ question: String, _ now: Instant) -> Value? {
        switch question {
        case "peers": .list(established.map { peer(of: $0) })
        case "telemetry": .list(established.compactMap { telemetry(of: $0, now) })
        case "stats": core.statistics.value
        case "representatives": representatives(now)
        case Self.store: peering.state(core.rules)
        default: nil
        }
    }
    /// Sets the configured peers of the next start. Returns their number; nil if one is no endpoint.
    mutating func setConfiguration(
        _ arguments: [Value.Entry], _ now: Instant, _ out: inout [Action]
    ) -> Value? {
        guard case .list(let list)? = arguments.first(where: { $0.key == "peers" })?.value,
            let peers = Peering.endpoints(list)
        else { return nil }
        peering.setPeers = peers
        if core.has(.configurationReread) { for peer in peers { contact(peer, now, &out) } }
        return .uint(UInt64(peers.count))
    }
    /// The established connections in the order in which they were opened.
    private var established: [Session] {
        sessions.values.filter(\.isRealtime).sorted { $0.link < $1.link }
    }
    private func nodeID(of session: Session) -> Value {
        .text(AccountText.text(session.nodeID ?? Key32(), prefix: "node_"))
    }
    private func peer(of session: Session) -> Value {
        let peering =
            core.has(.peersBySource) ? session.peer : core.listeningPeers.first { $0.link == session.link }?.peer
        return [
            "address": .text(session.peer.description),
            "peering": peering.map { .text($0.description) } ?? .null,
            "node_id": nodeID(of: session), "version": .uint(UInt64(session.peerVersion)),
            "direction": .text(session.opener == .us ? "out" : "in"),
        ]
    }
    private func telemetry(of session: Session, _ now: Instant) -> Value? {
        guard let (data, at) = core.telemetries[session.link],
            now < at + core.limits.telemetryLifetime || core.has(.telemetryKept)
        else { return nil }
        return [
            "node_id": nodeID(of: session), "address": .text(session.peer.description),
            "block_count": .uint(data.blockCount), "cemented_count": .uint(data.cementedCount),
            "account_count": .uint(data.accountCount), "peer_count": .uint(UInt64(data.peerCount)),
            "software": .text("\(data.major).\(data.minor).\(data.patch).\(data.preRelease)"),
            "unchecked_count": .uint(data.uncheckedCount), "bandwidth_cap": .uint(data.bandwidthCap),
            "protocol_version": .uint(UInt64(data.protocolVersion)), "uptime": .uint(data.uptime),
        ]
    }
    private func representatives(_ now: Instant) -> Value {
        let known = core.representatives
        let all = known.links.sorted { $0.key.precedes($1.key) }
        return .map([
            .init("suffices", .bool(known.suffice(core.ledger, now))),
            .init("connected", .text("\(known.connected(core.ledger))")),
            .init("online", .text("\(known.online(core.ledger, now))")),
            .init("needed", .text("\(known.needed(core.ledger, now))")),
            .init("representatives", .list(all.map { representative($0.key, on: $0.value) })),
        ])
    }
    private func representative(_ account: Key32, on link: LinkID) -> Value {
        let weight = core.ledger.weight(of: account)
        return [
            "account": .text(AccountText.text(account)), "weight": .text("\(weight)"),
            "address": sessions[link].map { .text($0.peer.description) } ?? .null,
        ]
    }
}
