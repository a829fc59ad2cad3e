internal import Node
internal import Wire

/// A hint about a signature that does not verify: the bytes that it should sign, and a guess at the bytes or key that
/// were used instead.
struct SignatureHint {
    /// The signed bytes by their parts, with their names in the scenario.
    private var parts: [(name: String, bytes: [UInt8])] = []
    /// All other byte strings that the case knows.
    private let others: [(name: String, bytes: [UInt8])]
    /// The maximum number of byte strings that are tried. Each takes a fraction of a millisecond, in which the harness
    /// receives nothing.
    private static let maximumTries = 100

    init(_ check: PatternTemplate.Verification, _ scope: Scope) {
        others = scope.names.sorted { $0.key < $1.key }.flatMap { name, term -> [(name: String, bytes: [UInt8])] in
            switch term {
            case .bytes(let b): [(name, b)]
            case .map(let members):
                members.compactMap { m in
                    if case .bytes(let b) = m.value { (name + "." + m.name, b) } else { nil }
                }
            default: []
            }
        }
        guard case .expression(let e) = check.over else { return }
        walk(e.root, Evaluator(expression: e, scope: scope))
    }
    private mutating func walk(_ n: Expression.Node, _ evaluator: Evaluator) {
        if case .binary(.plus, let a, let b, _) = n {
            walk(a, evaluator)
            walk(b, evaluator)
        } else if case .bytes(let b)? = try? evaluator.evaluate(n) {
            if case .name(let s, _) = n { parts.append((s, b)) } else { parts.append(("a part", b)) }
        }
    }

    /// Returns the signed bytes and their parts, for people.
    func facts(_ over: [UInt8]) -> [(name: String, text: String)] {
        let whole = ("signed", "\(over.count) bytes, 0x" + over.hex)
        guard parts.count > 1 else { return [whole] }
        return [whole] + parts.map { ("  \($0.name)", "\($0.bytes.count) bytes, 0x" + $0.bytes.hex) }
    }
    /// Returns a description of what does verify; nil if nothing was found.
    func hint(
        _ algorithm: SignatureAlgorithm, _ key: [UInt8], over: [UInt8], _ signature: [UInt8]
    ) -> String? {
        if let other = algorithm.mistaken.first(where: { $0.verify(key, over, signature) }) {
            return "it was made by \(other.name), and not by \(algorithm.name)"
        }
        return instead { algorithm.verify(key, $0, signature) }.map { "it does verify over \($0)" }
    }
    /// Tries parts of the signed bytes, and other values of the same size in their place.
    private func instead(_ verifies: ([UInt8]) -> Bool) -> String? {
        guard !parts.isEmpty, parts.count <= 6 else { return nil }
        // The order: some of the parts, then another value in place of one part, then one additional value.
        var candidates = (0..<(1 << parts.count) - 1).reversed().map { mask in
            parts.indices.filter { mask >> $0 & 1 == 1 }.map { parts[$0] }
        }
        let selections = candidates.count
        for i in parts.indices {
            for other in others where other.bytes.count == parts[i].bytes.count && other.bytes != parts[i].bytes {
                var list = parts
                list[i] = other
                candidates.append(list)
            }
        }
        for other in others {
            for i in 0...parts.count {
                var list = parts
                list.insert(other, at: i)
                candidates.append(list)
            }
        }
        guard
            let i = candidates.prefix(Self.maximumTries).firstIndex(where: { verifies($0.flatMap(\.bytes)) })
        else { return nil }
        let names = candidates[i].map(\.name).joined(separator: " + ")
        if names.isEmpty { return "nothing at all" }
        return i < selections ? names + " only" : names
    }
}
