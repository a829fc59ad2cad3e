import Crypto
public import Node
import Wire

/// The client's side of the opening handshake (RFC 6455, section 4.1).
public struct ClientHandshake: Sendable {
    /// The resource name: path and query.
    public var target = "/"
    /// The value of `Host`: the name or address of the server, with its port unless that is 80.
    public var host = ""
    /// The subprotocols of the client, in order of preference.
    public var subprotocols: [String] = []
    /// The compression that the client offers; nil if it offers none.
    public var deflate: DeflateNegotiation?
    /// The fault of the client; nil without one.
    var bug: Misbehaviour?
    /// The value of `Sec-WebSocket-Key`: 16 random bytes in base64.
    public let key: String

    /// Creates a handshake with a random key.
    public init(_ random: inout Random) { self.init(key: Base64.encode(random.bytes(16))) }
    /// Creates a handshake with a given key.
    init(key: String) { self.key = key }

    /// The request of the client.
    public var request: Upgrade {
        var out = Upgrade()
        out.target = Delimited(target)
        out.headers = [
            HeaderField("Host", host), HeaderField("Upgrade", "websocket"), HeaderField("Connection", "Upgrade"),
            HeaderField("Sec-WebSocket-Key", key), HeaderField("Sec-WebSocket-Version", "13"),
        ]
        if !subprotocols.isEmpty {
            out.headers.append(HeaderField("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        if let deflate { out.headers.append(HeaderField("Sec-WebSocket-Extensions", deflate.offer.text)) }
        bug?.spoil(&out, key: key)
        return out
    }
    /// Checks the response and returns the agreement. `packet` holds the bytes of the response.
    public func check(_ response: UpgradeResponse, in packet: RawSpan) throws(HandshakeError) -> Agreement {
        // The status comes first, because a server that refuses may use any HTTP version.
        let status = response.status.string(in: packet)
        guard status == "101" else {
            let reason = response.reason.string(in: packet)
            throw HandshakeError(
                "it answers the upgrade with \(reason.isEmpty ? status : "\(status) \(reason)"), and not with 101",
                path: "status", at: response.version.bytes.count, status: 0, tellsPlace: false)
        }
        let version = response.version.string(in: packet)
        guard version == "HTTP/1.1" else {
            throw HandshakeError("wants HTTP/1.1, has `\(version)`", path: "version", status: 0)
        }
        let start = response.version.bytes.count + response.status.bytes.count + response.reason.bytes.count
        let headers = HeaderList(response.headers, from: start, in: packet)
        try headers.refuseBody()
        let upgrade = try headers.required("upgrade")
        guard HTTPToken.lowercased(upgrade.value) == "websocket" else {
            throw upgrade.error("wants `websocket`, has `\(upgrade.value)`", status: 0)
        }
        guard headers.lists("connection", "upgrade") else {
            throw HandshakeError("wants `connection: upgrade`", status: 0)
        }
        let proof = try headers.required("sec-websocket-accept")
        let wanted = AcceptKey.answering(key)
        guard proof.value == wanted || bug == .acceptNotChecked else {
            throw proof.error("wants `\(wanted)` for this key, has `\(proof.value)`", status: 0)
        }
        var agreed = Agreement(target: target)
        if let item = try headers.single("sec-websocket-protocol") {
            guard subprotocols.contains(item.value) else {
                throw item.error("subprotocol `\(item.value)` was not asked for", status: 0)
            }
            agreed.subprotocol = item.value
        }
        for item in headers.all("sec-websocket-extensions") {
            guard let list = Extension.list(item.value) else {
                throw item.error("is no list of extensions: `\(item.value)`", status: 0)
            }
            for one in list {
                guard agreed.deflate == nil, let parameters = deflate?.check(one) else {
                    throw item.error("`\(one.text)` does not fit what was offered", status: 0)
                }
                agreed.deflate = parameters
            }
        }
        return agreed
    }
}
