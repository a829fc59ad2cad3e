import Scenario
import Wire

/// Differences between the bytes that a codec encoded and the bytes of a vector.
enum EncodingDifference {
    /// Returns true for equal bytes. JSON objects are also equal if their members have another order. Of members with
    /// the same name, only the last one counts.
    static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        if a == b { return true }
        guard let first = object(a), let second = object(b) else { return false }
        return sorted(first) == sorted(second)
    }
    /// Compares the bytes and returns the finding. It names the first byte that differs, and the field at that place if
    /// the message is known.
    static func finding(_ wanted: [UInt8], _ had: [UInt8], _ type: (any Message.Type)?) -> VectorFinding {
        if isSame(wanted, had) { return VectorFinding(.pass) }
        var out = VectorFinding(.fail)
        out.received = had
        if let first = object(wanted), let second = object(had) {
            out.differences = FieldDifference.all(sorted(first), sorted(second))
            out.reason = "encoded, " + (out.differences.first?.text ?? "the object is another one")
            return out
        }
        let offset = zip(wanted, had).enumerated().first { $1.0 != $1.1 }?.offset ?? min(wanted.count, had.count)
        let (path, range) = type.map { leaf(at: offset, $0.dissect(wanted)) } ?? ("", offset..<offset + 1)
        let place = path.isEmpty ? "" : " in `\(path)`"
        func part(_ bytes: [UInt8]) -> String {
            let part = bytes[range.clamped(to: bytes.indices)]
            let digits = "0x" + Array(part.prefix(64)).hex + (part.count > 64 ? "..." : "")
            return part.isEmpty ? FieldDifference.absent : digits
        }
        out.marked = range.clamped(to: had.indices)
        if offset == had.count {
            out.reason = "encoded, the bytes end at offset \(offset)\(place), expected \(wanted.count) of them"
        } else if offset == wanted.count {
            out.reason = "encoded, \(had.count - offset) bytes too many at offset \(offset)"
            out.marked = offset..<had.count
        } else {
            let (one, other) = (Value.bytes([had[offset]]), Value.bytes([wanted[offset]]))
            out.reason = "encoded, the byte at offset \(offset)\(place) is \(one), expected \(other)"
        }
        out.differences = [FieldDifference(path: path, wanted: part(wanted), had: part(had))]
        return out
    }
    /// Returns the field at an offset with its byte range; without a field, only the byte at the offset.
    private static func leaf(at offset: Int, _ tree: Dissection) -> (path: String, range: Range<Int>) {
        let all = tree.nodes
        guard let i = all.indices.last(where: { all[$0].shape == .leaf && all[$0].range.contains(offset) }) else {
            return ("", offset..<offset + 1)
        }
        return (tree.path(of: i), all[i].range)
    }
    private static func object(_ bytes: [UInt8]) -> Value? {
        guard case .map(let members)? = JSON.parse(bytes) else { return nil }
        return .map(members)
    }
    private static func sorted(_ value: Value) -> Value {
        switch value {
        case .map(let members):
            let last = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
            return .map(last.sorted { $0.key < $1.key }.map { Value.Entry($0.key, sorted($0.value)) })
        case .list(let items): return .list(items.map(sorted))
        default: return value
        }
    }
}
