internal import Scenario
package import Wire

/// A writer of the summaries of messages: one sentence of at most `width` columns, safe for a terminal.
package struct SummaryWriter {
    /// The maximum number of columns.
    package static let width = 80
    /// The maximum number of columns of a name, and of another text.
    static let (nameWidth, textWidth) = (32, 60)
    /// The mark for text that was cut.
    private static let mark = ".."

    /// A group or element in which paths begin. `node` is its node, -1 for the message itself.
    struct Scope {
        var nodes: Range<Int>
        var depth: Int32
        var node = -1
    }
    /// The content of a place.
    enum Found {
        case nothing
        case node(Int)
        /// A value inside a JSON value.
        case value(Value)
    }
    /// The nodes of a message and its bytes.
    struct Fields: ~Escapable {
        let nodes: Swift.Span<Dissection.Node>
        let packet: RawSpan
        /// The number of elements of each list that are kept.
        let kept: Int
        @_lifetime(copy nodes, copy packet)
        init(nodes: Swift.Span<Dissection.Node>, packet: RawSpan, kept: Int) {
            (self.nodes, self.packet, self.kept) = (nodes, packet, kept)
        }
    }

    /// Appends the summary. `nodes` are the result of `Dissector.outline` with `plan.elements` elements.
    package static func write(
        _ plan: SummaryPlan, _ nodes: [Dissection.Node], in packet: RawSpan, to out: inout OutputBuffer
    ) {
        let start = out.count
        let fields = Fields(nodes: nodes.span, packet: packet, kept: plan.elements)
        _ = write(plan.steps, Scope(nodes: 0..<nodes.count, depth: 0), fields, &out)
        fit(from: start, &out)
    }
    /// Cuts the text from `start` on if it is too long.
    private static func fit(from start: Int, _ out: inout OutputBuffer) {
        // A byte is at most one column, except for the characters that a terminal shows wide.
        if out.count - start <= width, out.isPlain(from: start) { return }
        let text = out.text(from: start)
        let cut = cut(text, width)
        guard cut != text else { return }
        out.cut(to: start)
        out.put(text: cut)
    }
    /// Returns escaped text of at most `columns` columns, with a mark if it was cut.
    static func cut(_ text: String, _ columns: Int) -> String {
        guard text.utf8.count > columns, CharacterWidth.of(text) > columns else { return text }
        var (kept, rest) = ("", columns - mark.utf8.count)
        for c in text.unicodeScalars {
            rest -= CharacterWidth.of(c)
            guard rest >= 0 else { break }
            kept.unicodeScalars.append(c)
        }
        return kept + mark
    }

    // MARK: - Steps

    /// Writes steps in order. Returns whether all their fields are there.
    private static func write(
        _ steps: [SummaryPlan.Step], _ scope: Scope, _ all: borrowing Fields, _ out: inout OutputBuffer
    ) -> Bool {
        var isWhole = true
        for step in steps where !write(step, scope, all, &out) { isWhole = false }
        return isWhole
    }
    private static func write(
        _ step: SummaryPlan.Step, _ scope: Scope, _ all: borrowing Fields, _ out: inout OutputBuffer
    ) -> Bool {
        switch step {
        case .text(let text):
            out.put(text)
            return true
        case .optional(let steps):
            _ = attempt(steps, scope, all, &out)
            return true
        case .first(let choices):
            for steps in choices where attempt(steps, scope, all, &out) { return true }
            return false
        case .joined(let clauses, let between): return join(clauses, between, scope, all, &out)
        case .when(let place, let isSet, let steps):
            guard isTrue(find(place, scope, all), all) == isSet else { return false }
            return write(steps, scope, all, &out)
        case .equal(let place, let value, let steps):
            guard self.value(find(place, scope, all), all) == value else { return false }
            return write(steps, scope, all, &out)
        case .inside(let place, let steps):
            guard case .node(let i) = find(place, scope, all), all.nodes[i].shape == .group else { return false }
            return write(steps, inner(of: i, in: scope, all), all, &out)
        case .each(let place, let steps): return writeFirst(of: place, steps, scope, all, &out)
        case .found(let place, let key, let word, let steps):
            guard let element = element(of: place, where: key, is: word, scope, all) else { return false }
            return write(steps, element, all, &out)
        case .count(let place, let one, let many, let isSet):
            let found = find(place, scope, all)
            let n = isSet ? countSet(found, all) : count(found, all)
            out.put(text: Int(clamping: n).grouped)
            out.put(UInt8(ascii: " "))
            out.put(n == 1 ? one : many)
            return n > 0
        case .value, .name, .number, .clock, .lastWord, .between, .size: return writeField(step, scope, all, &out)
        }
    }
    /// Writes steps if all their fields are there. Returns false otherwise.
    private static func attempt(
        _ steps: [SummaryPlan.Step], _ scope: Scope, _ all: borrowing Fields, _ out: inout OutputBuffer
    ) -> Bool {
        let start = out.count
        for step in steps where !write(step, scope, all, &out) {
            out.cut(to: start)
            return false
        }
        return true
    }
    private static func join(
        _ clauses: [[SummaryPlan.Step]], _ between: [UInt8], _ scope: Scope, _ all: borrowing Fields,
        _ out: inout OutputBuffer
    ) -> Bool {
        var isFirst = true
        for steps in clauses {
            let start = out.count
            if !isFirst { out.put(between) }
            if attempt(steps, scope, all, &out) { isFirst = false } else { out.cut(to: start) }
        }
        return !isFirst
    }
    private static func writeFirst(
        of place: SummaryPlan.Place, _ steps: [SummaryPlan.Step], _ scope: Scope, _ all: borrowing Fields,
        _ out: inout OutputBuffer
    ) -> Bool {
        let list = find(place, scope, all)
        guard let first = firstElement(of: list, all) else { return false }
        guard write(steps, inner(of: first, in: scope, all), all, &out) else { return false }
        let n = count(list, all)
        if n > 1 {
            out.put(" +")
            out.put(n - 1)
        }
        return true
    }
    /// Writes a step that is one field. Returns whether the field is there.
    private static func writeField(
        _ step: SummaryPlan.Step, _ scope: Scope, _ all: borrowing Fields, _ out: inout OutputBuffer
    ) -> Bool {
        switch step {
        case .value(let place):
            return write(find(place, scope, all), place.meaning, all, &out) { cut(Escape.line($0), textWidth) }
        case .name(let place): return write(find(place, scope, all), place.meaning, all, &out, name)
        case .number(let place, let plus):
            guard case .node(let i) = find(place, scope, all) else { return missing(&out) }
            let (n, over) = all.nodes[i].number.addingReportingOverflow(plus)
            out.put(over ? .max : n)
            return true
        case .clock(let place):
            // The text is a date, such as 2026-11-20T06:06:56.494000Z.
            guard let text = value(find(place, scope, all), all).flatMap({ place.meaning?.short($0) }),
                let time = text.split(separator: "T").last, time.utf8.count > 8, time.hasSuffix("Z")
            else { return missing(&out) }
            out.put(text: String(time.prefix(8)))
            return true
        case .lastWord(let place):
            guard case .text(let text)? = value(find(place, scope, all), all), !text.isEmpty else {
                return missing(&out)
            }
            out.put(text: name(text.split(separator: ".").last.map(String.init) ?? text))
            return true
        case .between(let place, let before, let after):
            guard case .text(let text)? = value(find(place, scope, all), all),
                let found = between(text, before, after)
            else { return missing(&out) }
            out.put(text: name(found))
            return true
        case .size(let place):
            let n = size(find(place, scope, all), all)
            out.put(text: Int(clamping: n ?? 0).grouped)
            out.put(" B")
            return n ?? 0 > 0
        default: return true
        }
    }
    private static func missing(_ out: inout OutputBuffer) -> Bool {
        out.put(UInt8(ascii: "?"))
        return false
    }
    /// Returns the part of a text after one word and before another one.
    private static func between(_ text: String, _ before: String, _ after: String) -> String? {
        let (bytes, before, after) = (Array(text.utf8), Array(before.utf8), Array(after.utf8))
        guard let start = bytes.firstRange(of: before)?.upperBound,
            let end = bytes[start...].firstRange(of: after)?.lowerBound, start < end
        else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    // MARK: - Values

    /// Writes the value of a field. Returns whether it is there.
    private static func write(
        _ found: Found, _ meaning: FieldMeaning?, _ all: borrowing Fields, _ out: inout OutputBuffer,
        _ text: (String) -> String
    ) -> Bool {
        if case .node(let i) = found, all.nodes[i].shape == .leaf,
            all.nodes[i].content.upperBound <= all.packet.byteCount
        {
            let node = all.nodes[i]
            // The most frequent values have a faster path with the same result.
            switch node.type.jsonForm {
            case .unsigned where meaning == nil:
                out.put(node.number)
                return true
            case .hex where node.number == 0:
                let bytes = all.packet.extracting(node.content)
                if case .form(let form)? = meaning {
                    let start = out.count
                    if form.writeShort(bytes, &out) { return true }
                    out.cut(to: start)
                }
            default: break
            }
        }
        guard let value = value(found, all) else { return missing(&out) }
        if let short = meaning?.short(value) {
            out.put(text: short)
            return true
        }
        switch value {
        case .text(let s):
            out.put(text: text(s))
            return !s.isEmpty
        case .bytes(let b):
            // Keys and ids of tests are readable.
            let isText = !b.isEmpty && b.count <= nameWidth && b.allSatisfy { $0 > 0x20 && $0 < 0x7f }
            out.put(text: isText ? text(String(decoding: b, as: UTF8.self)) : hex(b))
            return !b.isEmpty
        case .null: return missing(&out)
        default:
            out.put(text: cut(FieldText.whole(value), textWidth))
            return true
        }
    }
    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.count > 8 ? Array(bytes.prefix(4)).hex + mark : bytes.hex
    }
    /// Returns a name; a key in hexadecimal digits is shortened to its first digits.
    private static func name(_ text: String) -> String {
        let isKey =
            text.utf8.count >= 32
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 | 0x20
            }
        return isKey ? String(text.prefix(8)) + mark : cut(Escape.line(text), nameWidth)
    }
    /// Returns the value of a place; nil if it has no value.
    static func value(_ found: Found, _ all: borrowing Fields) -> Value? {
        switch found {
        case .nothing: nil
        case .node(let i): all.nodes[i].shape == .leaf ? all.nodes[i].leafValue(in: all.packet) : nil
        case .value(let value): value
        }
    }
    /// Returns whether a field is there and is neither false nor zero nor empty.
    private static func isTrue(_ found: Found, _ all: borrowing Fields) -> Bool {
        switch found {
        case .nothing: return false
        case .node(let i) where all.nodes[i].shape != .leaf:
            return all.nodes[i].shape == .group || count(found, all) > 0
        case .node(let i):
            switch all.nodes[i].type.jsonForm {
            case .unsigned, .signed, .bool, .named: return all.nodes[i].number != 0
            default: break
            }
        case .value: break
        }
        return switch value(found, all) {
        case nil, .null, .bool(false), .uint(0), .text(""), .list([]): false
        case .bytes(let b): b.contains { $0 != 0 }
        default: true
        }
    }
    /// Returns the number of elements of a list, or a number.
    private static func count(_ found: Found, _ all: borrowing Fields) -> UInt64 {
        switch found {
        case .nothing: return 0
        case .value(let value):
            if case .list(let items) = value { return UInt64(items.count) }
            return value.integer ?? 0
        case .node(let i):
            guard all.nodes[i].index < 0 else { return elements(like: i, all) }
            guard all.nodes[i].shape == .leaf, all.nodes[i].type.kind == .json else { return all.nodes[i].number }
            return count(value(found, all).map { .value($0) } ?? .nothing, all)
        }
    }
    /// Returns the number of elements that are not zero, of a list whose elements have one size.
    private static func countSet(_ found: Found, _ all: borrowing Fields) -> UInt64 {
        let n = Int(clamping: count(found, all))
        guard case .node(let i) = found, n > 0, all.nodes[i].content.upperBound <= all.packet.byteCount else {
            return 0
        }
        let (start, size) = (all.nodes[i].content.lowerBound, all.nodes[i].content.count / n)
        return (0..<n).reduce(0) { set, element in
            let first = start + element * size
            let element = all.packet.extracting(first..<first + size)
            return element.withUnsafeBytes { $0.contains { $0 != 0 } } ? set + 1 : set
        }
    }
    /// Returns the number of elements that have the name of an element, from it on, without a list around them.
    private static func elements(like first: Int, _ all: borrowing Fields) -> UInt64 {
        let (name, depth) = (all.nodes[first].name, all.nodes[first].depth)
        var n: UInt64 = 0
        var i = first
        while i < all.nodes.count, all.nodes[i].depth >= depth {
            if all.nodes[i].depth == depth, all.nodes[i].name.isSame(as: name) {
                n &+= Int(all.nodes[i].index) < all.kept ? 1 : all.nodes[i].number
            }
            i += 1
        }
        return n
    }
    /// Returns the number of bytes of a field; nil if it is missing.
    private static func size(_ found: Found, _ all: borrowing Fields) -> Int? {
        switch found {
        case .nothing: return nil
        case .node(let i): return all.nodes[i].content.count
        case .value(.text(let s)): return s.utf8.count
        case .value: return nil
        }
    }
}
