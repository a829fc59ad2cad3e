public import Node

/// A candidate of ICE: an address at which one side may be reached (RFC 8839, section 5.1).
public struct ICECandidate: Hashable, Sendable {
    /// The way in which an address became known (RFC 8445, section 5.1.1).
    public enum Kind: String, Sendable {
        case host
        /// The address that a STUN server sees.
        case serverReflexive = "srflx"
        /// The address that the other side sees.
        case peerReflexive = "prflx"
        case relayed = "relay"

        /// The preference among candidates of one side (RFC 8445, section 5.1.2.2).
        var preference: UInt32 {
            switch self {
            case .host: 126
            case .peerReflexive: 110
            case .serverReflexive: 100
            case .relayed: 0
            }
        }
    }
    /// The same text for candidates of the same kind, base and server: 1 to 32 characters.
    public var foundation: String
    public var priority: UInt32
    public var endpoint: Endpoint
    public var kind: Kind
    /// The address of ours from which a reflexive candidate was found; nil for a host candidate.
    public var base: Endpoint?

    /// Creates a candidate. `index` is the place among the local addresses, best first.
    public init(_ endpoint: Endpoint, _ kind: Kind, index: Int = 0, base: Endpoint? = nil) {
        foundation = "\(index + 1)\(kind == .host ? "" : "0")"
        priority = Self.priority(kind, index: index)
        (self.endpoint, self.kind, self.base) = (endpoint, kind, base)
    }
    /// Returns the priority of a candidate of component 1 (RFC 8445, section 5.1.2.1).
    static func priority(_ kind: Kind, index: Int) -> UInt32 {
        kind.preference << 24 | UInt32(clamping: 65535 - index) << 8 | 255
    }

    /// Parses the value of `a=candidate`, with or without `a=`. Returns nil for a candidate that cannot be used: another
    /// transport than UDP, another component than 1, or a host name instead of an address, as browsers send it.
    public static func parse(_ text: some StringProtocol, line: Int? = nil) throws(SDPError) -> ICECandidate? {
        var rest = Substring(text)
        if rest.hasPrefix("a=") { rest = rest.dropFirst(2) }
        guard rest.hasPrefix(prefix) else { throw SDPError("\"candidate:\"", found: rest, line: line) }
        let words = rest.dropFirst(prefix.count).split(separator: " ", omittingEmptySubsequences: true)
        guard words.count >= 8, words[6] == "typ" else {
            throw SDPError("a candidate of 8 words with \"typ\"", found: rest, line: line)
        }
        guard (1...32).contains(words[0].utf8.count) else {
            throw SDPError("a foundation of 1 to 32 characters", found: words[0], line: line)
        }
        guard let component = UInt16(words[1]), let priority = UInt32(words[3]), let port = UInt16(words[5]) else {
            throw SDPError("numbers for component, priority and port", found: rest, line: line)
        }
        guard component == 1, words[2].lowercased() == "udp", port > 0, let kind = Kind(rawValue: String(words[7]))
        else { return nil }
        let host = words[4].contains(":") ? "[\(words[4])]" : String(words[4])
        guard host != "localhost", let endpoint = Endpoint(host: host, port: port), !endpoint.isUnspecified,
            !endpoint.isMulticast
        else { return nil }
        var out = ICECandidate(endpoint, kind)
        (out.foundation, out.priority) = (String(words[0]), priority)
        return out
    }
    private static let prefix = "candidate:"

    /// The value of `a=candidate`: `candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host`.
    public var text: String {
        let related = base.map { " raddr \($0.host) rport \($0.port)" } ?? ""
        let at = "\(endpoint.host) \(endpoint.port)"
        return "\(Self.prefix)\(foundation) 1 udp \(priority) \(at) typ \(kind.rawValue)\(related)"
    }
}
