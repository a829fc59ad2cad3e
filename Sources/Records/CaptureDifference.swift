public import Text
internal import Wire

/// The differences between two captures, message by message and field by field.
///
/// Connections are paired in the order of their first messages, and each direction is compared separately. Within a
/// direction, messages are paired in order while their names are equal. Where names differ, the nearest matching pair
/// is searched among the next 64 messages of each capture.
public struct CaptureDifference {
    /// The number of following messages that are searched for a match.
    static let reach = 64

    /// A field with both values; nil if it is absent.
    struct Change: Equatable {
        var path: String
        var a: String?
        var b: String?
    }
    /// Identifies a capture of the two.
    enum Side: String {
        case a = "A"
        case b = "B"
    }
    enum Item {
        case only(Side, CaptureOutline.Entry)
        case differs(CaptureOutline.Entry, CaptureOutline.Entry, [Change])
    }
    private(set) var items: [Item] = []
    private(set) var equal = 0
    public var isEmpty: Bool { items.isEmpty }

    /// Compares two captures.
    public init(_ a: CaptureOutline, _ b: CaptureOutline) {
        for stream in Set(a.streams.keys).union(b.streams.keys).sorted() {
            compare(
                (a.streams[stream] ?? []).map { a.messages[$0] }, (b.streams[stream] ?? []).map { b.messages[$0] },
                a.isSingle)
        }
    }
    private mutating func compare(_ a: [CaptureOutline.Entry], _ b: [CaptureOutline.Entry], _ isSingle: Bool) {
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if isSingle || a[i].name == b[j].name {
                let changes = Self.changes(a[i], b[j])
                if changes.isEmpty { equal += 1 } else { items.append(.differs(a[i], b[j], changes)) }
                (i, j) = (i + 1, j + 1)
                continue
            }
            let (skipA, skipB) = Self.nearest(a[i...].prefix(Self.reach), b[j...].prefix(Self.reach)) ?? (1, 1)
            items += a[i..<i + skipA].map { .only(.a, $0) } + b[j..<j + skipB].map { .only(.b, $0) }
            (i, j) = (i + skipA, j + skipB)
        }
        items += a[i...].map { .only(.a, $0) } + b[j...].map { .only(.b, $0) }
    }
    /// Returns the smallest numbers of messages to skip on each side so that the next two have the same name.
    private static func nearest(_ a: ArraySlice<CaptureOutline.Entry>, _ b: ArraySlice<CaptureOutline.Entry>) -> (
        Int, Int
    )? {
        for sum in 1..<max(1, a.count + b.count - 1) {
            for x in max(0, sum - b.count + 1)...min(sum, a.count - 1)
            where sum - x < b.count && a[a.startIndex + x].name == b[b.startIndex + sum - x].name {
                return (x, sum - x)
            }
        }
        return nil
    }
    static func changes(_ a: CaptureOutline.Entry, _ b: CaptureOutline.Entry) -> [Change] {
        var out: [Change] = []
        if a.name != b.name { out.append(Change(path: "message", a: a.name, b: b.name)) }
        let others = Dictionary(b.fields.map { ($0.path, $0.value) }) { _, last in last }
        let own = Set(a.fields.map(\.path))
        for (path, value) in a.fields where others[path] != value {
            out.append(Change(path: path, a: value, b: others[path]))
        }
        for (path, value) in b.fields where !own.contains(path) { out.append(Change(path: path, a: nil, b: value)) }
        return out
    }
    private func count(onlyIn side: Side) -> Int { items.count { if case .only(side, _) = $0 { true } else { false } } }
    private var differing: Int { items.count { if case .differs = $0 { true } else { false } } }

    /// Appends a block for each message that differs, and a line of counts.
    public func text(_ style: Style, to out: inout [UInt8]) {
        func line(_ s: String) { out += (s + "\n").utf8 }
        for item in items {
            switch item {
            case .only(let side, let e):
                let text = "only in \(side.rawValue): #\(e.number) \(style.safe(e.name)) \(e.length) B"
                line(style.paint(text, side == .a ? .bad : .good))
            case .differs(let a, let b, let changes):
                line("\(style.paint(style.safe(a.name), .strong)) A #\(a.number), B #\(b.number)")
                for c in changes {
                    line("  \(style.safe(c.path)): \(Self.shown(c.a, style)) -> \(Self.shown(c.b, style))")
                }
            }
        }
        let head = "\(differing) \(differing == 1 ? "message differs" : "messages differ")"
        line("\(head), \(count(onlyIn: .a)) only in A, \(count(onlyIn: .b)) only in B, \(equal) equal")
    }
    private static func shown(_ value: String?, _ style: Style) -> String {
        value.map { $0.isEmpty ? "(empty)" : style.short($0) } ?? "(absent)"
    }
    /// Appends an object for each message that differs (`event` is `differs` with `fields`, or `only` with `side`), and
    /// one with the counts, whose `event` is `summary`.
    public func json(to out: inout [UInt8]) {
        for item in items {
            switch item {
            case .only(let side, let e):
                JSONText.line(
                    [
                        "event": "only", "side": .text(side.rawValue), "n": .number(e.number),
                        "message": .text(e.name), "length": .number(e.length),
                    ], to: &out)
            case .differs(let a, let b, let changes):
                let fields = changes.map { c in
                    Value.object(["path": .text(c.path), "a": c.a.map { .text($0) }, "b": c.b.map { .text($0) }])
                }
                JSONText.line(
                    [
                        "event": "differs", "a": .number(a.number), "b": .number(b.number), "message": .text(a.name),
                        "fields": .list(fields),
                    ], to: &out)
            }
        }
        JSONText.line(
            [
                "event": "summary", "differ": .number(differing), "only_a": .number(count(onlyIn: .a)),
                "only_b": .number(count(onlyIn: .b)), "equal": .number(equal),
            ], to: &out)
    }
}
