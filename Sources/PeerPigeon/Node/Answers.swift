import Node
import WebSocket
import Wire

/// Plain HTTP on the port of a hub.
enum Answers {
    /// Before the method and target of a request, as the layer says that it is none of WebSocket's.
    static let prefix = "http "
    static let banner = "PeerPigeon WebSocket Signaling Server"

    /// A whole answer with status 200, after which the connection is closed.
    static func answer(_ body: [UInt8], _ type: String?, _ more: [HeaderField] = [], isHead: Bool) -> [UInt8] {
        var response = UpgradeResponse()
        (response.status, response.reason) = (Delimited("200"), Delimited("OK"))
        response.headers =
            (type.map { [HeaderField("Content-Type", $0)] } ?? []) + [
                HeaderField("Access-Control-Allow-Origin", "*")
            ]
        response.headers += more
        response.headers += [HeaderField("Connection", "close"), HeaderField("Content-Length", "\(body.count)")]
        return response.encoded() + (isHead ? [] : body)
    }
}

extension Hub {
    /// The answer to a request that is no upgrade.
    func answer(_ request: String, _ now: Instant) -> [UInt8] {
        let words = request.dropFirst(Answers.prefix.count).split(separator: " ", maxSplits: 1)
        let (method, target) = (words.first ?? "", words.dropFirst().first ?? "")
        let isHead = method == "HEAD"
        if method == "OPTIONS" {
            return Answers.answer(
                [], nil,
                [
                    HeaderField("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
                    HeaderField("Access-Control-Allow-Headers", "Content-Type, Authorization"),
                ], isHead: false)
        }
        let document: Value
        switch target {
        case "/health": document = health(now)
        case "/hubs": document = hubList(now)
        default: return Answers.answer(Array(Answers.banner.utf8), "text/plain", isHead: isHead)
        }
        var body: [UInt8] = []
        ValueJSON.write(document, to: &body, .numbers)
        return Answers.answer(body, "application/json", isHead: isHead)
    }
    private func health(_ now: Instant) -> Value {
        .map([
            .init("status", .text("healthy")), .init("timestamp", .text(voice.date(now))),
            .init("uptime", .decimal("\(Double(now.nanoseconds) / 1e9)")), .init("isHub", .bool(parameters.isHub)),
            .init("connections", .uint(UInt64(connectionCount))), .init("peers", .uint(UInt64(peers.count))),
            .init("hubs", .uint(UInt64(hubs.count))), .init("networks", .uint(UInt64(members.networkCount))),
        ])
    }
    private func hubList(_ now: Instant) -> Value {
        .map([
            .init("timestamp", .text(voice.date(now))), .init("totalHubs", .uint(UInt64(hubs.count))),
            .init(
                "hubs",
                .list(
                    hubs.compactMap { hub in
                        peers[hub].map { known in
                            .map([
                                .init("peerId", .text(hub.text)),
                                .init("registeredAt", Value(voice.milliseconds(known.announcedAt ?? now))),
                                .init("lastActivity", Value(voice.milliseconds(known.announcedAt ?? now))),
                                .init("networkName", (known.network ?? .global).value),
                                .init("data", known.announced.data ?? .null),
                                .init("connectedAt", Value(voice.milliseconds(known.connectedAt))),
                            ])
                        }
                    })),
        ])
    }
}
