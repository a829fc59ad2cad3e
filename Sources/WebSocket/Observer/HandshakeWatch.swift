import Crypto
import Node
import Wire

/// A judge of the heads of an upgrade: the request of a client, and the answer of a server with 101. It does not judge
/// other HTTP exchanges before the upgrade.
struct HandshakeWatch {
    private struct Asked {
        var key: String?
        var version: String?
        /// The names of the offered extensions.
        var offers: Set<String>
        /// A fault of the request that a server has to check for.
        var lack: (path: String, text: String)?
    }
    private var asked: Asked?
    private var isUnsure = false
    /// True if the server upgraded without an extension, so that no frame may use one.
    private(set) var hasNoExtension = false

    mutating func miss() { (asked, isUnsure) = (nil, true) }
    /// Forgets the last request, because another one that cannot be read follows it.
    mutating func drop() { asked = nil }
    mutating func observe(_ type: any Message.Type, _ bytes: RawSpan, into findings: inout [Finding]) {
        guard !isUnsure else { return }
        if type == Upgrade.self {
            var request = Upgrade()
            asked = request.read(borrowing: bytes) ? Self.ask(request, bytes, &findings) : nil
        } else if type == HTTPRequest.self {
            asked = nil
        } else if type == UpgradeResponse.self, let asked {
            var response = UpgradeResponse()
            guard response.read(borrowing: bytes), response.status.string(in: bytes) == "101" else { return }
            Self.answer(response, in: bytes, to: asked, into: &findings)
            let extensions = HeaderList(response.headers, from: 0, in: bytes).all("sec-websocket-extensions")
            hasNoExtension = extensions.isEmpty
            self.asked = nil
        }
    }
    /// Judges a request. Returns nil if it does not ask for WebSocket.
    private static func ask(_ request: Upgrade, _ bytes: RawSpan, _ findings: inout [Finding]) -> Asked? {
        let headers = HeaderList(request.headers, from: 0, in: bytes)
        guard headers.lists("upgrade", "websocket") else { return nil }
        var lack: (path: String, text: String)?
        func tell(_ path: String, _ text: String, isForServer: Bool = true) {
            findings.append(Finding(.violation, of: WebSocketRule.ws05, path: path, text))
            if isForServer { lack = lack ?? (path, text) }
        }
        let method = request.method.string(in: bytes)
        if method != "GET" { tell("method", "the method is \(method.prefix(16))") }
        if headers.all("host").isEmpty { tell("headers", "no Host") }
        if !headers.lists("connection", "upgrade") { tell("headers", "no `Connection: Upgrade`") }
        let key = headers.all("sec-websocket-key").first
        if let key, Base64.decode(Array(key.value.utf8))?.count != 16 {
            // A server need not decode the key (section 4.2.2).
            tell("\(key.path).value", "the key is not 16 bytes in base64", isForServer: false)
        } else if key == nil {
            tell("headers", "no Sec-WebSocket-Key")
        }
        let version = headers.all("sec-websocket-version").first
        // A client may ask for a newer version first, and take 13 if the server does not speak that (section 4.4).
        if version == nil { tell("headers", "no Sec-WebSocket-Version") }
        let offers = headers.all("sec-websocket-extensions").flatMap { Extension.list($0.value) ?? [] }
        return Asked(key: key?.value, version: version?.value, offers: Set(offers.map(\.name)), lack: lack)
    }
    private static func answer(
        _ response: UpgradeResponse, in bytes: RawSpan, to asked: Asked, into findings: inout [Finding]
    ) {
        guard Agreement.isWebSocket(response, in: bytes) ?? true else { return }
        func tell(_ rule: WebSocketRule, _ path: String, _ text: String) {
            findings.append(Finding(rule.severity, of: rule, path: path, text))
        }
        let headers = HeaderList(response.headers, from: 0, in: bytes)
        if let lack = asked.lack { tell(.ws03, "status", "101 to a request with a fault: \(lack.text)") }
        if let version = asked.version, version != "13" {
            tell(.ws04, "status", "101 to a request for version \(version.prefix(16)), unless the server speaks it")
        }
        if let key = asked.key {
            let wanted = AcceptKey.answering(key)
            let proof = headers.all("sec-websocket-accept").first
            if proof?.value != wanted {
                tell(.ws02, proof.map { "\($0.path).value" } ?? "headers", "`\(wanted)` is the value for the key")
            }
        }
        for item in headers.all("sec-websocket-extensions") {
            for one in Extension.list(item.value) ?? [] where !asked.offers.contains(one.name) {
                tell(.ws42, "\(item.path).value", "\(one.name.prefix(64)) was not offered")
            }
        }
    }
}
