public import Wire

/// The number of killed mutants that break a requirement, as in the output of `mutate --json`.
public struct MutantTally: Hashable, Sendable {
    /// The killed mutants and all scored mutants.
    public struct Share: Hashable, Sendable {
        /// The number of mutants for which a case failed at the right requirement.
        public var killed: UInt64
        /// The number of scored mutants, killed or not.
        public var of: UInt64
    }
    /// The mutants of messages on the wire.
    public var wire: Share
    /// The faults seeded in the node.
    public var node: Share
    /// The small changes to the code of the node, one at each place that a case of the requirement reaches.
    public var code: Share
    /// The text `wire 45/50, node 3/3, code 80/90`. A part without scored mutants is omitted.
    public var text: String {
        let parts = [("wire", wire), ("node", node), ("code", code)].filter { $0.1.of > 0 }
        return parts.map { "\($0.0) \($0.1.killed)/\($0.1.of)" }.joined(separator: ", ")
    }
    /// The tally as JSON.
    var value: Value {
        func share(_ s: Share) -> Value { ["killed": .uint(s.killed), "of": .uint(s.of)] }
        return ["wire": share(wire), "node": share(node), "code": share(code)]
    }

    /// Reads the tally of each requirement from the output of `mutate --json`; nil if it is another format or version.
    public static func read(_ report: Value) -> [String: MutantTally]? {
        guard report["meshspec_mutations"]?.integer == MutationReport.version,
            case .list(let all)? = report["requirements"]
        else { return nil }
        var out: [String: MutantTally] = [:]
        for one in all {
            guard case .text(let id)? = one["id"] else { return nil }
            out[id] = MutantTally(wire: share(one["wire"]), node: share(one["node"]), code: share(one["code"]))
        }
        return out
    }
    /// Takes each part of another tally that has scored mutants.
    public mutating func take(_ other: MutantTally) {
        for part in [\MutantTally.wire, \.node, \.code] where other[keyPath: part].of > 0 {
            self[keyPath: part] = other[keyPath: part]
        }
    }
    private static func share(_ v: Value?) -> Share {
        func count(_ name: String) -> UInt64 { v?[name]?.integer ?? 0 }
        let killed = count("killed")
        // The numbers of a file are untrusted, so the sum must not overflow.
        let missed = count("blamed").addingReportingOverflow(count("survived"))
        let sum = killed.addingReportingOverflow(missed.partialValue)
        return Share(killed: killed, of: missed.overflow || sum.overflow ? .max : sum.partialValue)
    }
}
