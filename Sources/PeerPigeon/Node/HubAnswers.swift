import Node
import WebSocket
import Wire

// The answers of a hub to plain HTTP.
extension Hub {
    /// Returns the answer to a request that is not an upgrade.
    func answer(_ request: String, _ now: Instant) -> [UInt8] {
        let words = request.dropFirst(Answers.prefix.count).split(separator: " ", maxSplits: 1)
        let (method, target) = (words.first ?? "", words.dropFirst().first ?? "")
        let isHead = method == "HEAD"
        if method == "OPTIONS" {
            return Answers.answer(
                [], as: nil,
                headers: bug == .optionsWithoutMethods
                    ? []
                    : [
                        HeaderField("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
                        HeaderField("Access-Control-Allow-Headers", "Content-Type, Authorization"),
                    ], isHead: false, bug)
        }
        let document: Value
        switch target {
        case "/health": document = health(now)
        case "/hubs": document = hubList(now)
        default: return Answers.answer(Array(Answers.banner.utf8), as: "text/plain", isHead: isHead, bug)
        }
        var body: [UInt8] = []
        ValueJSON.write(document, to: &body, .numbers)
        return Answers.answer(body, as: "application/json", isHead: isHead, bug)
    }
    private func health(_ now: Instant) -> Value {
        let counts = [connectionCount, peers.count, hubs.count, members.networkCount]
        let names = ["connections", "peers", "hubs", "networks"]
        return .map(
            [
                .init("status", .text(bug == .unhealthy ? "ok" : "healthy")),
                .init("timestamp", .text(voice.date(now))),
                .init("uptime", .decimal("\(Double(now.nanoseconds) / 1e9)")),
            ] + (bug == .healthWithoutHub ? [] : [.init("isHub", .bool(parameters.isHub))])
                + zip(names, counts).map { .init($0, .uint(bug == .staleCounters ? 0 : UInt64($1))) }
                + (mesh.map { Self.statistics($0, bootstraps: bootstraps.count) } ?? [])
                + [.init("memory", .map(Self.memory))])
    }
    /// Returns the member with the state of the mesh of hubs.
    private static func statistics(_ mesh: MeshState, bootstraps: Int) -> [Value.Entry] {
        if mesh.fault == .meshNoStatistics { return [] }
        let counts = [
            ("neighbours", mesh.neighbours.all.count), ("p2pConnections", mesh.neighbours.channelCount),
            ("bootstrapConnections", bootstraps), ("remotePeers", mesh.peers.all.count),
        ]
        let members = [.init("ready", .bool(mesh.isReady))] + counts.map { Value.Entry($0.0, .uint(UInt64($0.1))) }
        return [.init("hubMesh", .map(members))]
    }
    /// A node that does no I/O does not know the memory of its process: all values are 0.
    private static let memory = ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"].map {
        Value.Entry($0, .uint(0))
    }
    private func hubList(_ now: Instant) -> Value {
        var room = Limits.hubList
        let list: [Value] = hubs.compactMap { hub in
            // A faulty hub keeps hubs that left.
            let known = peers[hub] ?? Peer(network: nil, announced: announced(hub, nil), connectedAt: now)
            room -= known.announced.data?.bytes.count ?? 0
            let data = room >= 0 ? known.announced.data?.value(in: RawSpan()) : nil
            let isCapitalised = bug == .hubsCapitalised
            return .map([
                .init(isCapitalised ? "PeerId" : "peerId", .text(hub.text)),
                .init("registeredAt", Value(voice.milliseconds(known.announcedAt ?? now))),
                .init("lastActivity", Value(voice.milliseconds(known.announcedAt ?? now))),
                .init(isCapitalised ? "NetworkName" : "networkName", (known.network ?? .global).value),
                .init("data", data ?? .null), .init("connectedAt", Value(voice.milliseconds(known.connectedAt))),
            ])
        }
        return .map([
            .init("timestamp", .text(voice.date(now))), .init("totalHubs", .uint(UInt64(hubs.count))),
            .init("hubs", .list(bug == .hubsCountOnly ? [] : list)),
        ])
    }
}
