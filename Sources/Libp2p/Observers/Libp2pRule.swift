public import Node

/// The requirements that passive observers of the layers judge. The raw value is the id, a colon, and a description of
/// the observed breach.
public enum Libp2pRule: String, ObservedRule {
    case gs02 = "GS-02: a side of a negotiation that begins with something else than the header"
    case gs04 = "GS-04: an answer that is neither the echo of the proposal nor na"
    case gs07 = "GS-07: a muxer that is agreed on in the clear, before security"
    case gs08 = "GS-08: an Exchange without id or key, or whose id is not that of its key"
    case gs15 = "GS-15: a first message of a Noise handshake with a payload"
    case gs21 = "GS-21: a yamux header with another version than 0 or a type above 3"
    case gs22 =
        "GS-22: a yamux stream with an id of the other side, data or window of the session itself, a ping or go-away of a stream"
    case gs23 = "GS-23: the first yamux frame of the other side on a stream has neither ACK nor RST"
    case gs25 = "GS-25: an answer to a yamux ping that was not asked, or with another value"
    case gs26 = "GS-26: more data on a yamux stream than its window, as far as window updates were seen"
    case gs28 = "GS-28: data on a yamux stream behind the FIN of its sender"
    case gs38 =
        "GS-38: an identify message of who opened the stream, a first one without key or protocols, or the same one twice"
    case gs126 =
        "GS-126: to DISCOVER an answer of another kind, or a registration of another namespace or without a record"
    case gs127 = "GS-127: OK for a record that is missing or not good, or such a one told"
    case gs128 =
        "GS-128: to REGISTER an answer of another kind, or OK without a time, for more than 72 hours or for more than was asked for"
    case gs129 = "GS-129: an answer to UNREGISTER, or a peer twice in a namespace of one answer"
    case gs130 = "GS-130: more registrations than DISCOVER asked for"
    case gs131 = "GS-131: REGISTER without a record, or with one that is not good"
    case gs132 = "GS-132: OK for a namespace of more than 255 bytes"

    /// The severity of a breach. GS-26 is a warning, because a window update may be in a segment that the capture has
    /// late.
    public var severity: Severity { self == .gs26 ? .warning : .violation }
}
