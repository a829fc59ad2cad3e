import Node

/// The requirements that a passive observer judges. The raw value is the id, a colon, and a description of the observed
/// breach.
enum KadRule: String, ObservedRule {
    case kad30 = "KAD-30: an answer to FIND_NODE has more than 21 closer peers, or another answer more than 20"
    case kad32 = "KAD-32: the closer peers of an answer are not sorted by their distance from the key"
    case kad33 = "KAD-33: the closer peers have the peer that asks or the peer that answers, and its id is not the key"
    case kad57 = "KAD-57: the record of a PUT_VALUE with another key than its message is confirmed"
    case kad61 = "KAD-61: the answer to PUT_VALUE has another key or another value"
    case kad74 = "KAD-74: a node sends PING"
    case kad89 = "KAD-89: a node says in ADD_PROVIDER that it is another peer than before on the same connection"

    /// The severity of a breach: a warning if the document only recommends, or if a setting may explain it.
    var severity: Severity {
        [.kad30, .kad32, .kad33, .kad74].contains(self) ? .warning : .violation
    }
}

extension Definition {
    /// The requirements that the observer judges.
    static let kadRules = KadRule.allCases.map { ObservedRequirement($0) }
}
