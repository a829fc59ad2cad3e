/// One side of an ICE session, as a message of a signaling protocol describes it. The datagrams of the session show only
/// its ufrag.
public struct SignaledEnd: Hashable, Sendable {
    /// The ufrag of the side (RFC 8839, section 5.4).
    public var ufrag: String
    /// The id of the side, as the signaling protocol writes it; nil if the message does not name it.
    public var peer: String?
    /// The id of the other side.
    public var other: String?
    /// Creates the side of a session.
    public init(ufrag: String, peer: String?, other: String?) {
        (self.ufrag, self.peer, self.other) = (ufrag, peer, other)
    }
    /// The maximum number of sides that a decoder keeps.
    public static let limit = 4096

    /// Returns the ufrag in an SDP description; nil if it has none.
    public static func ufrag(in description: String) -> String? {
        let name = "a=ice-ufrag:"
        return description.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
            .map { String($0.dropFirst(name.count)) }
    }
}
