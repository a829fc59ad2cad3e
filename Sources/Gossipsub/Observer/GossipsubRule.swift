import Libp2p
import Node

/// The requirements that a passive observer judges. The raw value is the id, a colon, and a description of the observed
/// breach.
enum GossipsubRule: String, ObservedRule {
    case gs42 = "GS-42: an RPC on the stream of the other side"
    case gs50 = "GS-50: GRAFT for a topic that its sender has not told this peer three seconds later"
    case gs51 = "GS-51: a message that was not asked for, of a topic that the receiver left before"
    case gs54 = "GS-54: a topic that was left, and three seconds later no PRUNE to a peer that its sender had grafted"
    case gs55 = "GS-55: PRUNE without a time, on a stream of 1.1 or later"
    case gs56 =
        "GS-56: a signed message without author, without 8 bytes of sequence number, or without the key that its author's id does not hold"
    case gs58 = "GS-58: a message with a wrong signature, or with the key of another than its author"
    case gs60 = "GS-60: a message without signature with an author, sequence number, signature or key that is empty"
    case gs63 = "GS-63: a sequence number that its author has already given to another message"
    case gs65 = "GS-65: a message that went to the same peer before, and was not asked for since"
    case gs68 = "GS-68: a message that goes back to who sent it a second before, and did not ask for it"
    case gs72 = "GS-72: PRUNE in answer to GRAFT for a topic that its sender never had, on a stream of 1.1 or later"
    case gs74 = "GS-74: GRAFT before the time that a PRUNE of the other side said"
    case gs75 = "GS-75: GRAFT within 60 seconds of a PRUNE that said no time, by a node that speaks 1.1 or later"
    case gs76 = "GS-76: GRAFT for a topic that was left, before the time that the node itself said in its PRUNE"
    case gs84 = "GS-84: IHAVE to a peer that its sender has in the mesh, or that never had the topic"
    case gs86 = "GS-86: IWANT for an id that the other side never offered, or that its sender has sent itself"
    case gs95 = "GS-95: PRUNE that names a peer by no id, or with a record that is not good or another's"
    case gs97 =
        "GS-97: PRUNE with time or peers on a stream of 1.0, IDONTWANT below 1.2, extensions below 1.3"
    case gs98 = "GS-98: a message half a second to two behind an IDONTWANT for it"
    case gs101 = "GS-101: extensions that are not in the first RPC of the stream, or a second time"
    case gs102 = "GS-102: TestExtension of a node that did not name the extension"
    case gs111 = "GS-111: an Order of a snapshot that breaks the table, or is not signed by its author"
    case gs116 =
        "GS-116: in a snapshot an Order of another market or one twice, a part behind the last one, or an end without that"

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
