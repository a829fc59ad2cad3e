/// The session description of one side of a data channel connection: an offer or an answer (RFC 8866, RFC 8839, RFC
/// 8841). It has one media description for data channels; other media descriptions of an offer are refused.
public struct SessionDescription: Hashable, Sendable {
    /// The kind of a session description.
    public enum Kind: String, Sendable {
        case offer, answer
    }
    /// The role of one side in the DTLS handshake (RFC 8842).
    public enum Setup: String, Sendable {
        /// The client.
        case active
        /// The server.
        case passive
        /// The other side decides.
        case actpass
    }
    /// A hash of the certificate of one side (RFC 8122).
    public struct Fingerprint: Hashable, Sendable {
        /// The name of the hash function in lower-case letters, such as `sha-256`.
        public var hash: String
        /// The hash as upper-case hexadecimal bytes with colons between them.
        public var value: String
        /// Creates a fingerprint.
        public init(hash: String, value: String) { (self.hash, self.value) = (hash, value) }
    }

    public var kind: Kind
    /// The number in the origin line.
    public var session: UInt64 = 0
    /// The identifier of the media description.
    public var mid = "0"
    public var ufrag: String
    public var password: String
    public var fingerprints: [Fingerprint]
    public var setup: Setup
    public var port: UInt16 = SessionDescription.defaultPort
    /// The maximum number of bytes of a message that this side receives; 0: no limit.
    public var maximumMessage: UInt64 = SessionDescription.defaultMaximumMessage
    public var candidates: [ICECandidate] = []
    /// True if no more candidates follow.
    public var isComplete = false
    /// True if this side answers checks but sends none (RFC 8445, section 2.5).
    public var isLite = false
    /// The media descriptions that this side refuses, before and after the one for data channels.
    public var refusedBefore: [Refused] = []
    public var refusedAfter: [Refused] = []

    /// A media description that is not for data channels.
    public struct Refused: Hashable, Sendable {
        public var media: String
        public var transport: String
        public var format: String
        public var mid: String?
    }

    /// The SCTP port if none is given.
    public static let defaultPort: UInt16 = 5000
    /// The maximum message size if none is given (RFC 8841, section 6.1).
    public static let defaultMaximumMessage: UInt64 = 65_536
    /// The maximum number of bytes of a description that is parsed.
    public static let limit = 65_536
    /// The maximum number of candidates, of fingerprints, and of refused media descriptions.
    static let maximumCandidates = 64
    static let maximumFingerprints = 8
    static let maximumRefused = 16

    /// Creates a description with its required values.
    public init(_ kind: Kind, ufrag: String, password: String, fingerprint: Fingerprint, setup: Setup) {
        (self.kind, self.ufrag, self.password, self.setup) = (kind, ufrag, password, setup)
        fingerprints = [fingerprint]
    }

    /// The text, with CRLF line ends.
    public var text: String {
        var lines = [
            "v=0", "o=- \(session) 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE \(mid)",
            "a=ice-options:trickle",
        ]
        if isLite { lines.append("a=ice-lite") }
        for one in refusedBefore { lines += one.lines }
        lines += [
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:\(mid)",
            "a=ice-ufrag:\(ufrag)", "a=ice-pwd:\(password)",
        ]
        lines += fingerprints.map { "a=fingerprint:\($0.hash) \($0.value)" }
        lines += ["a=setup:\(setup.rawValue)", "a=sctp-port:\(port)", "a=max-message-size:\(maximumMessage)"]
        lines += candidates.map { "a=\($0.text)" }
        if isComplete { lines.append("a=end-of-candidates") }
        for one in refusedAfter { lines += one.lines }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}

extension SessionDescription.Refused {
    fileprivate var lines: [String] {
        ["m=\(media) 0 \(transport) \(format)", "c=IN IP4 0.0.0.0"] + (mid.map { ["a=mid:\($0)"] } ?? [])
    }
}
