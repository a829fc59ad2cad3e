internal import Network

/// A fault that is in force, with its numbers worked out.
struct ActiveFault {
    var name: String
    var from: String
    var to: String
    var isMutual: Bool
    /// Each effect with the field that it hits, and for a partition whether only one direction is hit.
    var effects: [(fault: LinkFault, field: String?, kind: FaultStep.Kind)]
}
