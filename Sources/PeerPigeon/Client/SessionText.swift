import Node
import Wire

/// The session descriptions (RFC 8866) and candidates (RFC 8839) of clients that open no channel. They contain only the
/// number of the session.
enum SessionText {
    private static let origin = "o=- "
    private static let candidate = "candidate:"

    /// Returns the description in an offer or an answer.
    static func description(_ session: UInt64, _ type: String) -> Value {
        let lines = ["v=0", origin + "\(session) 1 IN IP4 127.0.0.1", "s=-", "t=0 0", ""]
        return .map([.init("type", .text(type)), .init("sdp", .text(lines.joined(separator: "\r\n")))])
    }
    /// Returns a candidate with a placeholder address of the sender.
    static func candidate(_ session: UInt64, from id: String) -> Value {
        .map([
            .init("candidate", .text(candidate + "\(session) 1 udp 1 127.0.0.1 9 typ host ufrag \(id.prefix(4))")),
            .init("sdpMid", .text("0")), .init("sdpMLineIndex", .uint(0)),
        ])
    }
    /// Returns a candidate with the address on which the sender accepts connections (RFC 6544).
    static func candidate(_ session: UInt64, at endpoint: Endpoint) -> Value {
        let address = "\(endpoint.host) \(endpoint.port)"
        return .map([
            .init("candidate", .text(candidate + "\(session) 1 tcp 1 \(address) typ host tcptype passive")),
            .init("sdpMid", .text("0")), .init("sdpMLineIndex", .uint(0)),
        ])
    }
    /// Returns the address on which a candidate accepts connections; nil if it accepts none.
    static func endpoint(_ data: Value?) -> Endpoint? {
        guard case .text(let text)? = data?.last("candidate") else { return nil }
        let words = text.split(separator: " ")
        guard words.count > 5, words[2] == "tcp", words.suffix(2) == ["tcptype", "passive"] else { return nil }
        return Endpoint(words[4].contains(":") ? "[\(words[4])]:\(words[5])" : "\(words[4]):\(words[5])")
    }
    /// Returns the number in a description of this type; nil if the data is of another kind.
    static func session(_ data: Value?, _ type: String) -> UInt64? {
        guard data?.last("type") == .text(type), case .text(let sdp)? = data?.last("sdp"), sdp.hasPrefix("v=0") else {
            return nil
        }
        let line = sdp.split(whereSeparator: \.isNewline).first { $0.hasPrefix(origin) }
        return line.flatMap { number($0.dropFirst(origin.count)) }
    }
    /// Returns the number in a candidate; nil if the data is of another kind.
    static func candidate(_ data: Value?) -> UInt64? {
        guard case .text(let text)? = data?.last("candidate"), text.hasPrefix(candidate) else { return nil }
        return number(text.dropFirst(candidate.count))
    }
    /// Returns a session number. Numbers of others may be too large, and foundations need not be numbers: these yield
    /// 0.
    private static func number(_ text: Substring) -> UInt64? { UInt64(text.prefix { $0 != " " }) ?? 0 }
}
