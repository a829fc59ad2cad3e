import Wire

/// The result of an upgrade.
public struct Agreement: Hashable, Sendable {
    /// The resource name in the request: path and query.
    public var target: String
    /// The agreed subprotocol; nil without one.
    public var subprotocol: String?
    /// The agreed compression; nil without it.
    public var deflate: DeflateParameters?

    /// The key for the protocol that the connection carries: the target, and the subprotocol after a space if there is
    /// one.
    public var speaks: String { target + (subprotocol.map { " " + $0 } ?? "") }

    init(target: String, subprotocol: String? = nil, deflate: DeflateParameters? = nil) {
        self.target = Self.resourceName(target)
        self.subprotocol = subprotocol
        self.deflate = deflate
    }
    /// Returns the path and query of a request target, which may be in absolute form (RFC 9112, section 3.2.2).
    private static func resourceName(_ target: String) -> String {
        guard let scheme = ["http://", "https://"].first(where: { target.hasPrefix($0) }) else { return target }
        let rest = target.dropFirst(scheme.count)
        guard let start = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[start] == "?" ? "/" + rest[start...] : String(rest[start...])
    }
    /// Reads the agreement like a passive observer, which takes the response as agreed. Nil if the response does not
    /// upgrade.
    init?(_ request: Upgrade, in asked: RawSpan, _ response: UpgradeResponse, in answered: RawSpan) {
        self.init(target: request.target.string(in: asked), response, in: answered)
    }
    /// Returns true if the response upgrades to WebSocket; nil if it does not name a protocol.
    static func isWebSocket(_ response: UpgradeResponse, in answered: RawSpan) -> Bool? {
        let headers = HeaderList(response.headers, from: 0, in: answered)
        return headers.all("upgrade").isEmpty ? nil : headers.lists("upgrade", "websocket")
    }
    /// Reads the agreement from the target and the response; nil if the response does not upgrade.
    init?(target: String, _ response: UpgradeResponse, in answered: RawSpan) {
        guard response.status.string(in: answered) == "101" else { return nil }
        let headers = HeaderList(response.headers, from: 0, in: answered)
        let extensions = headers.all("sec-websocket-extensions").compactMap { Extension.list($0.value) }.joined()
        self.init(
            target: target, subprotocol: headers.all("sec-websocket-protocol").first?.value,
            deflate: extensions.first { $0.name == DeflateNegotiation.name }.flatMap {
                DeflateNegotiation.agreed($0)
            })
    }
}
