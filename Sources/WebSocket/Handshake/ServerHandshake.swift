import Crypto
import Wire

/// The server's side of the opening handshake (RFC 6455, section 4.2).
public struct ServerHandshake: Sendable {
    /// The subprotocols of the server, in order of preference.
    public var subprotocols: [String] = []
    /// The compression that the server accepts; nil if it accepts none.
    public var deflate: DeflateNegotiation?
    /// True if the server agrees to the client's first subprotocol if they have none in common.
    public var takesAnySubprotocol = false
    /// True if a request without Upgrade is accepted. The connection then becomes `http METHOD TARGET`, and the layer
    /// above answers the request.
    public var servesHTTP = false
    /// True if a request without Host is refused.
    public var wantsHost = true
    /// The server's own answers to refused requests, by cause. Without one, the answer has the standard status.
    public var refusals: [HandshakeError.Cause: Refusal] = [:]
    /// A status and a text that explains it.
    public struct Refusal: Sendable {
        /// The status code (RFC 9110, section 15).
        public var status: Int
        /// The text for people.
        public var text: String
        /// Creates an answer from its status and text.
        public init(_ status: Int, _ text: String) { (self.status, self.text) = (status, text) }
    }
    /// The fault of the server; nil without one.
    var bug: Misbehaviour?
    /// Creates a server without subprotocols and compression.
    public init() {}

    /// Returns the response to a request, and the agreement. `packet` holds the bytes of the request.
    public func accept(
        _ request: Upgrade, in packet: RawSpan
    ) throws(HandshakeError) -> (response: UpgradeResponse, agreed: Agreement) {
        let key = try check(request, in: packet)
        let headers = Self.headers(of: request, in: packet)
        var agreed = Agreement(target: request.target.string(in: packet))
        var response = UpgradeResponse()
        response.headers = [
            HeaderField("Upgrade", "websocket"), HeaderField("Connection", "Upgrade"),
            HeaderField("Sec-WebSocket-Accept", AcceptKey.answering(key)),
        ]
        let asked = headers.all("sec-websocket-protocol").flatMap { HTTPList.elements($0.value) }
        if let common = subprotocols.first(where: asked.contains) ?? (takesAnySubprotocol ? asked.first : nil) {
            agreed.subprotocol = common
            response.headers.append(HeaderField("Sec-WebSocket-Protocol", common))
        }
        if let (answer, parameters) = try negotiate(headers) {
            agreed.deflate = parameters
            response.headers.append(HeaderField("Sec-WebSocket-Extensions", answer.text))
        }
        bug?.spoil(&response, key: key)
        return (response, agreed)
    }
    /// Returns the response that refuses a request, and the text that follows it if the server has its own answer. The
    /// connection is closed after it.
    func refusal(of error: HandshakeError) -> (response: UpgradeResponse, text: [UInt8]) {
        guard let own = refusals[error.cause] else { return (Self.refusal(error), []) }
        var error = error
        error.status = own.status
        var response = Self.refusal(error)
        response.headers.removeAll { HTTPToken.lowercased($0.name.string(in: RawSpan())) == "content-length" }
        response.headers += [
            HeaderField("Content-Type", "text/html"), HeaderField("Content-Length", "\(own.text.utf8.count)"),
        ]
        return (response, Array(own.text.utf8))
    }
    /// Returns the standard response that refuses a request. The connection is closed after it.
    public static func refusal(_ error: HandshakeError) -> UpgradeResponse {
        var response = UpgradeResponse()
        response.status = Delimited(String(error.status))
        response.reason = Delimited(reasons[error.status] ?? "Bad Request")
        response.headers = [HeaderField("Connection", "close"), HeaderField("Content-Length", "0")]
        if error.status == 426 {
            response.headers += [HeaderField("Upgrade", "websocket"), HeaderField("Sec-WebSocket-Version", "13")]
        }
        if error.status == 405 { response.headers.append(HeaderField("Allow", "GET")) }
        return response
    }
    private static let reasons = [
        400: "Bad Request", 405: "Method Not Allowed", 408: "Request Timeout", 426: "Upgrade Required",
        431: "Request Header Fields Too Large", 505: "HTTP Version Not Supported",
    ]
    private static func headers(of request: Upgrade, in packet: RawSpan) -> HeaderList {
        let start = request.method.bytes.count + request.target.bytes.count + request.version.bytes.count
        return HeaderList(request.headers, from: start, in: packet)
    }

    /// Returns the name `http METHOD TARGET` for a request without Upgrade; nil if such requests are refused.
    func plain(_ request: Upgrade, in packet: RawSpan) -> String? {
        guard servesHTTP, Self.headers(of: request, in: packet).all("upgrade").isEmpty else { return nil }
        return "http \(request.method.string(in: packet)) \(request.target.string(in: packet))"
    }
    /// Checks the rules of section 4.2.1 for a request, and returns its key.
    private func check(_ request: Upgrade, in packet: RawSpan) throws(HandshakeError) -> String {
        let method = request.method.string(in: packet)
        guard method == "GET" else {
            throw HandshakeError("wants the method GET, has `\(method)`", path: "method", status: 405, cause: .method)
        }
        let target = request.target.string(in: packet)
        guard target.hasPrefix("/") || target.hasPrefix("http://") || target.hasPrefix("https://") else {
            throw HandshakeError("wants a path, has `\(target)`", path: "target", at: request.method.bytes.count)
        }
        let version = request.version.string(in: packet)
        guard Self.isVersion(version) else {
            throw HandshakeError(
                "wants HTTP/1.1, has `\(version)`", path: "version",
                at: request.method.bytes.count + request.target.bytes.count, status: 505)
        }
        let headers = Self.headers(of: request, in: packet)
        try headers.refuseBody()
        if wantsHost { _ = try headers.required("host", .host) } else { _ = try headers.single("host") }
        guard headers.lists("upgrade", "websocket") else {
            throw HandshakeError("wants `upgrade: websocket`", path: "headers", status: 426, cause: .upgrade)
        }
        guard headers.lists("connection", "upgrade") else { throw HandshakeError("wants `connection: upgrade`") }
        let asked = try headers.required("sec-websocket-version", .version)
        guard asked.value == "13" else {
            throw asked.error("wants version 13, has `\(asked.value)`", status: 426, cause: .version)
        }
        let key = try headers.required("sec-websocket-key", .key)
        guard Base64.decode(Array(key.value.utf8))?.count == 16 else {
            throw key.error("wants 16 bytes in base64, has `\(key.value)`", cause: .key)
        }
        return key.value
    }
    /// Returns true for HTTP/1.1 and higher (section 4.2.1).
    private static func isVersion(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 8, text.hasPrefix("HTTP/"), bytes[6] == UInt8(ascii: ".") else { return false }
        return text == "HTTP/1.1" || bytes[5] == UInt8(ascii: "1") && (0x32...0x39).contains(bytes[7])
    }
    /// Returns the answer to the first offer of compression that can be accepted.
    private func negotiate(
        _ headers: HeaderList
    ) throws(HandshakeError) -> (answer: Extension, agreed: DeflateParameters)? {
        var accepted: (answer: Extension, agreed: DeflateParameters)?
        for item in headers.all("sec-websocket-extensions") {
            guard let offers = Extension.list(item.value) else {
                throw item.error("is no list of extensions: `\(item.value)`")
            }
            guard let deflate, accepted == nil else { continue }
            accepted = offers.lazy.compactMap { deflate.accept(bug?.heard($0) ?? $0) }.first
        }
        return accepted
    }
}
