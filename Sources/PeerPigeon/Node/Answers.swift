import WebSocket
import Wire

/// The plain HTTP on the port of a hub.
enum Answers {
    /// The text before the method and target of a request, by which the layer marks a request that is not for
    /// WebSocket.
    static let prefix = "http "
    static let banner = "PeerPigeon WebSocket Signaling Server"

    /// Returns a whole answer with status 200, after which the connection is closed.
    static func answer(
        _ body: [UInt8], as type: String?, headers more: [HeaderField] = [], isHead: Bool, _ bug: Misbehaviour?
    ) -> [UInt8] {
        var response = UpgradeResponse()
        (response.status, response.reason) = (Delimited("200"), Delimited("OK"))
        response.headers =
            (type.map { [HeaderField("Content-Type", $0)] } ?? [])
            + (bug == .noCORS ? [] : [HeaderField("Access-Control-Allow-Origin", "*")])
        if bug == .notFound, type == "text/plain" {
            (response.status, response.reason) = (Delimited("404"), Delimited("Not Found"))
        }
        response.headers += more
        response.headers += [HeaderField("Connection", "close"), HeaderField("Content-Length", "\(body.count)")]
        return response.encoded() + (isHead ? [] : body)
    }
}
