import Node
import Wire

/// The session descriptions (RFC 8866) and candidates (RFC 8839) of clients that open no channel: all they tell is the
/// number of the session.
enum SessionText {
    private static let origin = "o=- "
    private static let candidate = "candidate:"

    /// Of an offer or an answer.
    static func description(_ session: UInt64, _ type: String) -> Value {
        let lines = ["v=0", origin + "\(session) 1 IN IP4 127.0.0.1", "s=-", "t=0 0", ""]
        return .map([.init("type", .text(type)), .init("sdp", .text(lines.joined(separator: "\r\n")))])
    }
    /// A way to reach the sender, of which nothing else is known.
    static func candidate(_ session: UInt64, from id: String) -> Value {
        .map([
            .init("candidate", .text(candidate + "\(session) 1 udp 1 127.0.0.1 9 typ host ufrag \(id.prefix(4))")),
            .init("sdpMid", .text("0")), .init("sdpMLineIndex", .uint(0)),
        ])
    }
    /// Where the sender takes connections (RFC 6544).
    static func candidate(_ session: UInt64, at endpoint: Endpoint) -> Value {
        let address = "\(endpoint.host) \(endpoint.port)"
        return .map([
            .init("candidate", .text(candidate + "\(session) 1 tcp 1 \(address) typ host tcptype passive")),
            .init("sdpMid", .text("0")), .init("sdpMLineIndex", .uint(0)),
        ])
    }
    /// Where a candidate takes connections; nil where it takes none.
    static func endpoint(_ data: Value?) -> Endpoint? {
        guard case .text(let text)? = data?.last("candidate") else { return nil }
        let words = text.split(separator: " ")
        guard words.count > 5, words[2] == "tcp", words.suffix(2) == ["tcptype", "passive"] else { return nil }
        return Endpoint(words[4].contains(":") ? "[\(words[4])]:\(words[5])" : "\(words[4]):\(words[5])")
    }
    /// The number in a description of this type; nil where it is none.
    static func session(_ data: Value?, _ type: String) -> UInt64? {
        guard data?.last("type") == .text(type), case .text(let sdp)? = data?.last("sdp"), sdp.hasPrefix("v=0") else {
            return nil
        }
        let line = sdp.split(whereSeparator: \.isNewline).first { $0.hasPrefix(origin) }
        return line.flatMap { number($0.dropFirst(origin.count)) }
    }
    /// The number in a candidate; nil where it is none.
    static func candidate(_ data: Value?) -> UInt64? {
        guard case .text(let text)? = data?.last("candidate"), text.hasPrefix(candidate) else { return nil }
        return number(text.dropFirst(candidate.count))
    }
    /// Others' numbers may be larger than any, and foundations need not be numbers at all: those are 0.
    private static func number(_ text: Substring) -> UInt64? { UInt64(text.prefix { $0 != " " }) ?? 0 }
}
