public import Wire

/// How many mutants that break a requirement were killed, as `mutate --json` tells it.
public struct MutantTally: Hashable, Sendable {
    /// Killed, and all that count.
    public struct Share: Hashable, Sendable {
        /// Red at the right requirement.
        public var killed: UInt64
        /// Those, and those that were not.
        public var of: UInt64
    }
    /// Of the wire.
    public var wire: Share
    /// Seeded in the node.
    public var node: Share
    /// `wire 45/50, node 3/3`; what none counts for is left away, and without any it is empty.
    public var text: String {
        [("wire", wire), ("node", node)].filter { $0.1.of > 0 }.map { "\($0.0) \($0.1.killed)/\($0.1.of)" }
            .joined(separator: ", ")
    }
    /// As JSON has it.
    var value: Value {
        func share(_ s: Share) -> Value { ["killed": .uint(s.killed), "of": .uint(s.of)] }
        return ["wire": share(wire), "node": share(node)]
    }

    /// The tallies of each requirement of what `mutate --json` wrote; nil when this is none of it, or of another
    /// version.
    public static func read(_ report: Value) -> [String: MutantTally]? {
        guard report["meshspec_mutations"]?.integer == MutationReport.version,
            case .list(let all)? = report["requirements"]
        else { return nil }
        var out: [String: MutantTally] = [:]
        for one in all {
            guard case .text(let id)? = one["id"] else { return nil }
            out[id] = MutantTally(wire: share(one["wire"]), node: share(one["node"]))
        }
        return out
    }
    private static func share(_ v: Value?) -> Share {
        func count(_ name: String) -> UInt64 { v?[name]?.integer ?? 0 }
        let killed = count("killed")
        // What a file says is no reason to overflow.
        let missed = count("blamed").addingReportingOverflow(count("survived"))
        let sum = killed.addingReportingOverflow(missed.partialValue)
        return Share(killed: killed, of: missed.overflow || sum.overflow ? .max : sum.partialValue)
    }
}
