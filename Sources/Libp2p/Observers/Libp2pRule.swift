public import Node

/// The requirements that passive observers of the layers judge. The raw value is the id, a colon, and a description of
/// the observed breach.
public enum Libp2pRule: String, ObservedRule {
    case gs02 = "GS-02: a side begins a negotiation with another message than the header"
    case gs04 = "GS-04: an answer is neither the echo of the proposal nor na"
    case gs07 = "GS-07: the sides agree on a muxer in the clear, before security"
    case gs08 = "GS-08: an Exchange has no id or no key, or its id does not belong to its key"
    case gs15 = "GS-15: the first message of a Noise handshake has a payload"
    case gs21 = "GS-21: a yamux header has another version than 0, or a type above 3"
    case gs22 =
        "GS-22: a side opens a yamux stream with an id of the other side, sends data or a window update on stream 0, or names a stream in a ping or go-away"
    case gs23 = "GS-23: the first yamux frame of the other side on a stream has neither ACK nor RST"
    case gs25 = "GS-25: a yamux ping response answers no ping, or has another value than the ping"
    case gs26 =
        "GS-26: a side sends more data on a yamux stream than the window, as far as the capture shows window updates"
    case gs28 = "GS-28: a side sends data on a yamux stream after its FIN"
    case gs38 =
        "GS-38: the side that opened the stream sends an identify message; or the first message has no key or no protocols, or comes twice"
    case gs126 =
        "GS-126: an answer to DISCOVER has another type, or lists a registration of another namespace or without a record"
    case gs127 = "GS-127: a point answers OK to a missing or invalid record, or lists an invalid record"
    case gs128 =
        "GS-128: an answer to REGISTER has another type, or is OK without a duration, for more than 72 hours or for longer than the request"
    case gs129 = "GS-129: a point answers UNREGISTER, or lists a peer twice in a namespace of one answer"
    case gs130 = "GS-130: a point lists more registrations than DISCOVER asked for"
    case gs131 = "GS-131: a REGISTER has no record or an invalid one"
    case gs132 = "GS-132: a point answers OK to a namespace of more than 255 bytes"

    /// The severity of a breach. GS-26 is a warning, because a window update may be in a segment that the capture has
    /// late.
    public var severity: Severity { self == .gs26 ? .warning : .violation }
}
