internal import Node
internal import Wire

/// Alters the bytes of one message after another, and remembers what it needs for that.
struct MessageChange: Sendable {
    let mutant: WireMutant
    private let path: [String]
    private let fields: [FieldInfo]
    /// The message of this type that came before, as it was.
    private var before: Value?

    init(_ mutant: WireMutant, _ definition: Definition) {
        self.mutant = mutant
        path = mutant.path.split(separator: ".").map(String.init)
        fields = definition.message(mutant.message)?.describe() ?? []
    }
    /// The bytes with the field, or what is said of the whole message, altered; nil when that alters nothing.
    mutating func applied(to bytes: [UInt8], of type: any Message.Type) -> [UInt8]? {
        guard !path.isEmpty else { return whole(bytes) }
        return field(bytes, type)
    }
    private func whole(_ bytes: [UInt8]) -> [UInt8]? {
        guard !bytes.isEmpty else { return nil }
        switch mutant.action {
        case .truncated: return bytes.dropLast()
        case .trailing: return bytes + [0]
        case .spoiled:
            var out = bytes
            out[bytes.count / 2] ^= 0x10
            return out
        default: return nil
        }
    }
    private mutating func field(_ bytes: [UInt8], _ type: any Message.Type) -> [UInt8]? {
        let old = before
        let tree = type.tree(of: bytes)
        before = tree
        guard let new = FieldChange(action: mutant.action, path: path).applied(to: tree, fields, before: old) else {
            return nil
        }
        // Lengths, checksums and the like follow what was altered, where they were right before.
        let stripped = encoded(fields.withoutDerived(tree, but: []), type) == bytes
        guard stripped || encoded(tree, type) == bytes else { return nil }
        let out = encoded(stripped ? fields.withoutDerived(new, but: path) : new, type)
        if let out, out != bytes { return out }
        // The field may be there only because of another one that was left out, such as the form of a length.
        let whole = stripped ? encoded(new, type) : nil
        return whole == bytes ? nil : whole
    }
    private func encoded(_ tree: Value, _ type: any Message.Type) -> [UInt8]? {
        let (bytes, errors) = type.encode(tree)
        return errors.isEmpty ? bytes : nil
    }
}

extension Message {
    /// All fields of a message, or of refused bytes those before the fault.
    static func tree(of bytes: [UInt8]) -> Value {
        dissect(bytes.span.bytes, audits: false).fields(in: bytes.span.bytes)
    }
    /// Whether the description takes it.
    static func isGood(_ bytes: [UInt8]) -> Bool { check(bytes) == nil }
    /// Paths of the fields that a message has, without indices.
    static func paths(in bytes: [UInt8]) -> Set<String> {
        var paths: [String] = []
        for node in dissect(bytes.span.bytes, audits: false).nodes {
            let outer = node.parent < 0 ? "" : paths[Int(node.parent)]
            let name = node.name.description
            paths.append(outer.isEmpty || name.isEmpty ? outer + name : outer + "." + name)
        }
        return Set(paths)
    }
}
