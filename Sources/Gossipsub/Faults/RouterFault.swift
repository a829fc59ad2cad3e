public import Node

/// A fault that a router can have. The text after the colon describes it.
public enum RouterFault: String, SeededFault {
    public static let named = byName()

    // Signatures
    case unsignedTaken = "GS-58: accepts messages without a signature"
    case signatureNotChecked = "GS-58: does not check signatures"
    case keyNotChecked = "GS-58: does not check that the key belongs to the author"
    case unknownFieldsNotSigned = "GS-59: leaves out unknown fields when it checks a signature"
    case strictNoSignNotChecked = "GS-61: accepts signed messages with StrictNoSign"
    case sequenceLengthNotChecked = "GS-62: accepts sequence numbers of any length"
    // Messages
    case takesSeenAgain = "GS-65: delivers and forwards messages again that it has seen"
    case sendsBack = "GS-68: sends a message back to its sender"
    case neverForwards = "GS-69: forwards no messages"
    // The mesh
    case graftsInBackoff = "GS-74: sends GRAFT to a peer before the backoff of the peer's PRUNE is over"
    case neverFillsMesh = "GS-80: adds no peers to a mesh that is too small"
    case neverThinsMesh = "GS-81: removes no peers from a mesh that is too large"
    case neverAddsHolders = "GS-166: adds no peers to a mesh that misses messages"
    case addsAnyPeer = "GS-166: adds any peers to a mesh that misses messages"
    case countsOffers = "GS-166: counts offered messages as missed, even if they do not arrive"
    // Gossip
    case neverAsks = "GS-86: sends no IWANT"
    case cacheNeverForgets = "GS-91: answers IWANT for old messages"
    case cacheIsShort = "GS-91: keeps messages for one heartbeat"
}
