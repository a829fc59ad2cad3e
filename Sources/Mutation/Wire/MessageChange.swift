internal import Node
internal import Wire

/// An alteration of the bytes of successive messages, with the state that it needs.
struct MessageChange: Sendable {
    let mutant: WireMutant
    private let path: [String]
    private let fields: [FieldInfo]
    /// The previous message of this type before its alteration.
    private var before: Value?

    init(_ mutant: WireMutant, _ definition: Definition) {
        self.mutant = mutant
        path = mutant.path.split(separator: ".").map(String.init)
        fields = definition.message(mutant.message)?.describe() ?? []
    }
    /// Returns the bytes with the field or the whole message altered; nil if that changes nothing.
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
        // Lengths, checksums and similar fields are adapted to the alteration, if they were right before.
        let stripped = encoded(fields.withoutDerived(tree, but: []), type) == bytes
        guard stripped || encoded(tree, type) == bytes else { return nil }
        let out = encoded(stripped ? fields.withoutDerived(new, but: path) : new, type)
        if let out, out != bytes { return out }
        // The field may be present only because of a computed field that was left out, such as the form of a length.
        let whole = stripped ? encoded(new, type) : nil
        return whole == bytes ? nil : whole
    }
    private func encoded(_ tree: Value, _ type: any Message.Type) -> [UInt8]? {
        let (bytes, errors) = type.encode(tree)
        return errors.isEmpty ? bytes : nil
    }
}

extension Message {
    /// Returns all fields of a message; for rejected bytes, the fields before the fault.
    static func tree(of bytes: [UInt8]) -> Value {
        dissect(bytes.span.bytes, audits: false).fields(in: bytes.span.bytes)
    }
    /// Returns true if the description accepts the bytes.
    static func isGood(_ bytes: [UInt8]) -> Bool { check(bytes) == nil }
    /// Returns the paths of the fields that a message has, without indices.
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
