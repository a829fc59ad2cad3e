import Node

/// The requirements that a passive observer checks for superpeers and phones.
enum RightMeshRule: String, ObservedRule {
    case rm05 = "RM-05: a HELLO between superpeers that is early or late"
    case rm07 = """
        RM-07: a list of superpeers that does not begin with the sender, or in the HELLO of a phone; as a warning, a HELLO \
        of a superpeer without a peer that it has heard
        """
    case rm10 = "RM-10: a datagram of more than 8,000 bytes"
    case rm12 = "RM-12: fragments, or a body, that are not what the header says"
    case rm16 = "RM-16: an INFO_ACK with a list of superpeers that does not begin with the sender"
    case rm22 = "RM-22: a peer that the sender has heard itself, further away than one hop"
    case rm23 = "RM-23: a snapshot without a peer that its sender has heard"
    case rm30 = "RM-30: a peer nearer than any message that reached the sender says"
    case rm37 = "RM-37: a record without an id or no hop away; as a warning, a record of more than 15 hops"
    case rm40 = "RM-40: a message older than a complete one of its series"
    case rm42 = "RM-42: a message of a boot that was replaced"
    case rm44 = "RM-44: a relay that keeps hop_limit, or a hop_limit above 16"
    case rm45 = "RM-45: a HELLO, INFO or answer with another hop_limit than 1; another message without a receiver"
    case rm48 = "RM-48: a fragment that ends within a record"
    case rm49 = "RM-49: a snapshot with a record that is withdrawn"
    case rm50 = "RM-50: a superpeer that broadcasts"
    case rm53 = "RM-53: a msg_id of 0"
    case rm56 = "RM-56: more fragments or bytes than may be"
    case rm57 =
        "RM-57: a record older than it can get; as a warning, one younger than any message that reached the sender says"
    case rm58 = "RM-58: a list with its receiver"
    case rm59 = "RM-59: another body, or other bytes of a fragment, under a msg_id that was there"
    case rm63 = "RM-63: a HELLO_ACK or INFO_ACK with an ack_id of 0"

    var severity: Severity {
        switch self {
        case .rm05, .rm22, .rm23, .rm30: .warning
        case .rm40, .rm42: .info
        default: .violation
        }
    }
}

extension Finding {
    /// Creates a finding about the field `path`, or about the whole message if the path is empty. `rule` is the
    /// requirement, if there is one.
    init(_ severity: Severity, _ rule: RightMeshRule?, path: String = "", _ text: String) {
        self.init(severity, of: rule, path: path, text)
    }
}
