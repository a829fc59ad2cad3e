internal import Wire

/// A compact record of the fields that remain of a message after pruning. The pruning takes long, and storing this
/// record takes less memory than storing the fields.
struct KeptFields {
    /// A message as a dictionary key.
    struct Message: Hashable {
        private let type: ObjectIdentifier
        private let bytes: [UInt8]
        private let hint: UInt64
        init(_ m: RecordedMessage) { (type, bytes, hint) = (ObjectIdentifier(m.type), m.bytes, m.hint) }
    }
    /// The record in the order of the fields. For each member of a map: 1 if it is kept, otherwise 0. For each list:
    /// the number of its last elements that are removed.
    private var marks: [UInt8] = []

    /// Records the difference between `whole` and `part`. `part` is the same value with fewer members and elements.
    init(_ part: Value, of whole: Value) { mark(part, whole) }
    private mutating func mark(_ part: Value, _ whole: Value) {
        switch (part, whole) {
        case (.map(let some), .map(let all)):
            var rest = some[...]
            for entry in all {
                let isKept = rest.first?.key == entry.key
                marks.append(isKept ? 1 : 0)
                if isKept, let first = rest.popFirst() { mark(first.value, entry.value) }
            }
        case (.list(let some), .list(let all)):
            var missing = all.count - some.count
            while missing >= 255 {
                marks.append(255)
                missing -= 255
            }
            marks.append(UInt8(clamping: missing))
            for (a, b) in zip(some, all) { mark(a, b) }
        default: break
        }
    }
    /// Returns the kept part of the fields that the record was made from.
    func part(of whole: Value) -> Value {
        var rest = marks[...]
        return Self.part(of: whole, &rest)
    }
    private static func part(of whole: Value, _ rest: inout ArraySlice<UInt8>) -> Value {
        switch whole {
        case .map(let all):
            var some: [Value.Entry] = []
            for entry in all where rest.popFirst() == 1 {
                some.append(Value.Entry(entry.key, part(of: entry.value, &rest)))
            }
            return .map(some)
        case .list(let all):
            var missing = 0
            while let n = rest.popFirst() {
                missing += Int(n)
                if n < 255 { break }
            }
            return .list(all.dropLast(missing).map { part(of: $0, &rest) })
        default: return whole
        }
    }
}
