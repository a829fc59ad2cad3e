public import Text
internal import Wire

/// The differences between two captures, message by message and field by field.
///
/// Connections are paired by the messages that they share (`ConnectionPairing`), and each direction is compared
/// separately. Within a direction, messages are paired by their content (`MessageAlignment`).
public struct CaptureDifference {
    /// Identifies a capture of the two.
    enum Side: String {
        case a = "A"
        case b = "B"
    }
    enum Item {
        case only(Side, CaptureOutline.Entry)
        case differs(CaptureOutline.Entry, CaptureOutline.Entry, [FieldChange])
    }
    private(set) var items: [Item] = []
    private(set) var equal = 0
    public var isEmpty: Bool { items.isEmpty }

    /// Compares two captures.
    public init(_ a: CaptureOutline, _ b: CaptureOutline) {
        guard !a.isSingle else {
            add(pairs: zip(a.messages, b.messages).map { ($0, $1) })
            return
        }
        for pair in ConnectionPairing.pairs(a, b) {
            for isFromClient in [true, false] {
                let one = pair.a.map { a.messages(of: $0, fromClient: isFromClient) } ?? []
                let other = pair.b.map { b.messages(of: $0, fromClient: isFromClient) } ?? []
                add(pairs: MessageAlignment.pairs(one, other))
            }
        }
    }
    private mutating func add(pairs: [(CaptureOutline.Entry?, CaptureOutline.Entry?)]) {
        for pair in pairs {
            switch pair {
            case (let a?, let b?):
                let changes = a.digest == b.digest ? [] : FieldChange.all(a, b)
                if changes.isEmpty { equal += 1 } else { items.append(.differs(a, b, changes)) }
            case (let a?, nil): items.append(.only(.a, a))
            case (nil, let b?): items.append(.only(.b, b))
            case (nil, nil): break
            }
        }
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
