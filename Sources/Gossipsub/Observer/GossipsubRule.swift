import Libp2p
import Node

/// The requirements that a passive observer judges. The raw value is the id, a colon, and a description of the observed
/// breach.
enum GossipsubRule: String, ObservedRule {
    case gs42 = "GS-42: a node sends an RPC on the stream that the other side opened"
    case gs50 = "GS-50: a node sends GRAFT for a topic, and has not announced the topic three seconds later"
    case gs51 = "GS-51: a node sends a message of a topic that the receiver left, without IWANT"
    case gs54 = "GS-54: a node leaves a topic, and has not sent PRUNE to a peer of its mesh three seconds later"
    case gs55 = "GS-55: a node sends PRUNE without a backoff on a stream of 1.1 or later"
    case gs56 =
        "GS-56: a signed message has no author, no sequence number of 8 bytes, or lacks the key although the author's id does not hold it"
    case gs58 = "GS-58: a message has a wrong signature, or the key of another peer than its author"
    case gs60 = "GS-60: a message without signature has an empty author, sequence number, signature or key"
    case gs63 = "GS-63: two messages of an author have the same sequence number"
    case gs65 = "GS-65: a node sends a message to the same peer again, without IWANT"
    case gs68 = "GS-68: a node sends a message back to the peer that sent it a second before, without IWANT"
    case gs72 = "GS-72: a node answers GRAFT for a topic that it never had with PRUNE, on a stream of 1.1 or later"
    case gs74 = "GS-74: a node sends GRAFT before the backoff of the other side's PRUNE is over"
    case gs75 = "GS-75: a node of 1.1 or later sends GRAFT within 60 seconds of a PRUNE without a backoff"
    case gs76 = "GS-76: a node sends GRAFT for a topic that it left, before the backoff of its own PRUNE is over"
    case gs84 = "GS-84: a node sends IHAVE to a peer of its mesh, or to a peer that never had the topic"
    case gs86 = "GS-86: a node sends IWANT for an id that the other side never offered, or that it has sent itself"
    case gs95 = "GS-95: a PRUNE names a peer without a valid id, or with a record that is invalid or of another peer"
    case gs97 =
        "GS-97: a node sends PRUNE with a backoff or peers on a stream of 1.0, IDONTWANT below 1.2, or extensions below 1.3"
    case gs98 = "GS-98: a node sends a message half a second to two seconds after an IDONTWANT for it"
    case gs101 = "GS-101: a node sends extensions after the first RPC of the stream, or a second time"
    case gs102 = "GS-102: a node sends TestExtension without having announced the extension"
    case gs111 = "GS-111: an Order of a snapshot breaks the table, or is not signed by its author"
    case gs116 =
        "GS-116: a snapshot has an Order of another market or the same Order twice, a part after the last one, or no last part"
    case gs157 = "GS-157: a Fill of a snapshot breaks the table, or is not signed by both authors"

    /// The severity of a breach: a warning if messages in transit, a setting of the node or another author may explain
    /// it.
    var severity: Severity {
        [.gs55, .gs60, .gs63, .gs65, .gs68, .gs72, .gs75, .gs76, .gs98].contains(self) ? .warning : .violation
    }
}

extension Definition {
    /// The requirements that the observers of the layers and of pubsub judge.
    static let observedRules =
        Libp2pRule.allCases.map { ObservedRequirement($0) } + GossipsubRule.allCases.map { ObservedRequirement($0) }
}
