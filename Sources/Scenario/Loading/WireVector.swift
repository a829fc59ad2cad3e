/// An entry of a file in Vectors/: bytes of the wire, or a call of one of the protocol's functions, and which
/// requirements they show. What the bytes say and what the function gives is not looked at here.
public struct WireVector: Sendable {
    /// What reports call it.
    public var name: String
    /// Where its bytes or values are from.
    public var provenance: String
    /// Ids of the requirements that it shows, at least one.
    public var requirements: [String]
    /// The bytes are a good message, or the call has a result; else they are to be refused.
    public var isAccepted: Bool
    /// The function that is called; nil for bytes of the wire.
    public var function: String?
    /// Name of the file.
    public var file: String
    /// Where its entry begins.
    public var span: Span

    /// Loads the vectors of a file. One without a provenance, or that names a requirement which is not in the list, is
    /// an error.
    public static func load(
        _ source: SourceFile, _ requirements: RequirementList
    ) -> (vectors: [WireVector], diagnostics: [Diagnostic]) {
        let (all, diagnostics) = Loader.read(source) { $0.wireVectors($1, requirements) }
        return (all ?? [], diagnostics)
    }
}

extension Loader {
    mutating func wireVectors(_ root: YAMLNode, _ known: RequirementList) -> [WireVector] {
        var seen: Set<String> = []
        let all = list(root, "a file of vectors").compactMap { wireVector($0, known) }
        for v in all where !seen.insert(v.name).inserted {
            report(.duplicateID, "another vector of this file is called `\(v.name)`", v.span)
        }
        return all
    }
    mutating func wireVector(_ node: YAMLNode, _ known: RequirementList) -> WireVector? {
        // Which of the two kinds it is, its keys tell.
        let isCall = node["call"] != nil
        guard let m = members(node, isCall ? .functionVector : .wireVector) else { return nil }
        let name = text(m["name"], "name")
        let provenance = text(m["provenance"], "provenance")
        if let provenance, provenance.allSatisfy(\.isWhitespace), let span = m["provenance"]?.span {
            report(.badValue, "provenance is empty", span)
        }
        let ids = texts(m["requirements"], "requirements")
        if let list = m["requirements"], ids.isEmpty {
            report(.badValue, "a vector shows at least one requirement", list.span)
        }
        for id in ids { requirement(id.text, id.span, of: known) }
        let expect = word(m["expect"], "expect", among: ["accept", "refuse"])
        if isCall {
            if let arguments = m["arguments"] { _ = list(arguments, "arguments") }
            if (expect == "accept") != (m["result"] != nil), let span = (m["result"] ?? m["expect"])?.span {
                report(.badValue, "a call that is accepted has a result, one that is refused has none", span)
            }
        }
        guard let name, let provenance else { return nil }
        return WireVector(
            name: name, provenance: provenance, requirements: ids.map(\.text), isAccepted: expect == "accept",
            function: isCall ? text(m["call"], "call") : nil, file: source.name, span: head(node))
    }
}
