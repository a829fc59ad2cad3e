import Node

/// The requirements that a passive observer judges. The raw value is the id, a colon, and a description of the observed
/// breach.
enum KadRule: String, ObservedRule {
    case kad30 = "KAD-30: an answer to FIND_NODE has more than 21 closer peers, or another answer more than 20"
    case kad32 = "KAD-32: the closer peers of an answer are not sorted by their distance from the key"
    case kad43 = "KAD-43: a node says in ADD_PROVIDER that it is another peer than before on the same stream"
    case kad49 = "KAD-49: the answer to a request has another type"
    case kad57 = "KAD-57: the answer to a request has another key"
    case kad61 = "KAD-61: the answer to PUT_VALUE has another value"
    case kad69 = "KAD-69: the record of an answer has another key than the request"
    case kad74 = "KAD-74: a node sends PING"

    /// The severity of a breach: a warning if the document only recommends, or if a setting may explain it.
    var severity: Severity {
        [.kad30, .kad32, .kad74].contains(self) ? .warning : .violation
    }
}

extension Definition {
    /// The requirements that the observer of a stream judges.
    static let kadRules = KadRule.allCases.map { ObservedRequirement($0) }
}
