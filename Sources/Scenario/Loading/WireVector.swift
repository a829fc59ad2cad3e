public import Wire

/// An entry of a file in Vectors/, with the requirements that it shows. It is either bytes of the wire and their
/// meaning, or a call of a protocol function and its result. The loader does not check whether they agree.
public struct WireVector: Sendable {
    /// The name of the vector in reports.
    public var name: String
    /// The origin of its bytes or values.
    public var provenance: String
    /// The ids of the requirements that it shows, at least one.
    public var requirements: [String]
    /// True if the bytes are a valid message or the call has a result. False if they must be refused.
    public var isAccepted: Bool
    /// The bytes as on the wire; empty for a call.
    public var bytes: [UInt8] = []
    /// The part that refuses the bytes: `framing`, `message`, or a `receiver` that has received other messages before;
    /// nil if the vector does not give one.
    public var refusedBy: String?
    /// The function to call; nil for bytes of the wire.
    public var function: String?
    /// The other values of the vector by key, as they are in the file (`VectorValue`): `fields`, `error`, `settings`,
    /// `arguments`, `result`.
    public var values: [String: Value] = [:]
    /// The name of the file.
    public var file: String
    /// The position where the entry begins.
    public var span: Span

    /// The name of the file without folder and extension. Mostly it is the name of a message without its protocol, such
    /// as `keepalive`.
    public var topic: String {
        let name = file.lastIndex(of: "/").map { file[file.index(after: $0)...] } ?? file[...]
        return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
    }
    /// Loads the vectors of a file. A vector without provenance, or with a requirement that is not in the list, is an
    /// error.
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
        // The keys of the entry decide which of the two kinds it is.
        let isCall = node["call"] != nil
        guard let m = members(node, isCall ? .functionVector : .wireVector) else { return nil }
        let name = text(m["name"], "name")
        let provenance = text(m["provenance"], "provenance")
        if let provenance, provenance.allSatisfy(\.isWhitespace), let span = m["provenance"]?.span {
            report(.badValue, "provenance is empty", span)
        }
        let ids = texts(m["requirements"], "requirements")
        if let list = m["requirements"], ids.isEmpty {
            report(.badValue, "a vector covers at least one requirement", list.span)
        }
        for id in ids { requirement(id.text, id.span, of: known) }
        let expect = word(m["expect"], "expect", among: ["accept", "refuse"])
        let by = word(m["by"], "by", among: WireVector.refusers)
        let bytes = m["bytes"].map { vectorBytes($0) } ?? []
        var values: [String: Value] = [:]
        for key in WireVector.valueKeys { values[key] = m[key].map { vectorValue($0) } }
        if isCall {
            if let arguments = m["arguments"] { _ = list(arguments, "arguments") }
            if (expect == "accept") != (m["result"] != nil), let span = (m["result"] ?? m["expect"])?.span {
                report(.badValue, "an accepted call needs a result, and a refused call must not have one", span)
            }
        }
        guard let name, let provenance else { return nil }
        return WireVector(
            name: name, provenance: provenance, requirements: ids.map(\.text), isAccepted: expect == "accept",
            bytes: bytes, refusedBy: by, function: isCall ? text(m["call"], "call") : nil, values: values,
            file: source.name, span: head(node))
    }
    /// Reads bytes in quotes, such as `"0x5243"`.
    private mutating func vectorBytes(_ node: YAMLNode) -> [UInt8] {
        guard case .text(let s) = vectorValue(node), s.hasPrefix("0x"), let bytes = [UInt8](hex: s.dropFirst(2)) else {
            report(.badValue, "bytes are hexadecimal digits, two for each byte: \"0x5243\"", node.span)
            return []
        }
        return bytes
    }
}

extension WireVector {
    /// The parts that can refuse bytes.
    static let refusers = ["framing", "message", "receiver"]
    /// The keys whose values can have any type.
    static let valueKeys = ["fields", "error", "settings", "arguments", "result"]
}
