internal import Text
internal import Wire

/// The fields of a message in one line: ` name=value name{inner=value} name[3]`, each preceded by a space. Long values
/// are cut. Two dots replace the fields that do not fit.
struct FieldSummary {
    /// The maximum number of characters of all fields.
    static let width = 100
    private var remaining = 0
    /// The nodes of the groups that are being written, the innermost last. A node is -1 if it was already written with
    /// another one. Used only for messages in which a name may be repeated.
    private var members: [Int] = []

    /// Appends the fields of an outlined message. `form` is the form of the message.
    mutating func write(
        _ all: [Dissection.Node], as form: Form, in packet: RawSpan, meanings: MeaningTree?, to out: inout OutputBuffer
    ) {
        remaining = Self.width
        let place = meanings == nil ? -1 : MeaningTree.message
        let fields = Fields(nodes: all.span, packet: packet)
        if form == .binary { return write(fields, from: 0, depth: 0, meanings, place, to: &out) }
        push(all.span, at: 0, from: 0)
        writeMembers(from: 0, fields, meanings, place, isInner: false, to: &out)
    }
    /// The nodes to write and the bytes of their message.
    private struct Fields: ~Escapable {
        let nodes: Span<Dissection.Node>
        let packet: RawSpan
        @_lifetime(copy nodes, copy packet)
        init(nodes: Span<Dissection.Node>, packet: RawSpan) { (self.nodes, self.packet) = (nodes, packet) }
    }

    /// Writes the nodes of a depth from `first` on, up to the first node that is less deep. No name is repeated among
    /// them.
    private mutating func write(
        _ all: borrowing Fields, from first: Int, depth: Int32, _ meanings: MeaningTree?, _ place: Int,
        to out: inout OutputBuffer
    ) {
        var i = first
        while i < all.nodes.count, all.nodes[i].depth >= depth {
            if all.nodes[i].depth == depth {
                let name = all.nodes[i].name
                guard begins(name.utf8CodeUnitCount, i == first && depth > 0, &out) else { return }
                out.put(name)
                let own = meanings?.place(of: name, in: place) ?? -1
                if all.nodes[i].index < 0, all.nodes[i].shape == .group {
                    out.put(UInt8(ascii: "{"))
                    write(all, from: i + 1, depth: depth + 1, meanings, own, to: &out)
                    out.put(UInt8(ascii: "}"))
                } else {
                    write(value: i, elements: all.nodes[i].number, of: all, meanings: meanings, at: own, to: &out)
                }
            }
            i += 1
        }
    }
    /// Adds the nodes of a depth from `first` on, up to the first node that is less deep.
    private mutating func push(_ nodes: Span<Dissection.Node>, at depth: Int32, from first: Int) {
        var i = first
        while i < nodes.count, nodes[i].depth >= depth {
            if nodes[i].depth == depth { members.append(i) }
            i += 1
        }
    }
    /// Writes the members from `start` on, and removes them.
    private mutating func writeMembers(
        from start: Int, _ all: borrowing Fields, _ meanings: MeaningTree?, _ place: Int, isInner: Bool,
        to out: inout OutputBuffer
    ) {
        defer { members.removeLast(members.count - start) }
        let end = members.count
        var isFirst = isInner
        for k in start..<end where members[k] >= 0 {
            let name = all.nodes[members[k]].name
            guard begins(name.utf8CodeUnitCount, isFirst, &out) else { return }
            out.put(name)
            isFirst = false
            write(
                sameAs: k, end: end, of: all, meanings: meanings, at: meanings?.place(of: name, in: place) ?? -1,
                to: &out)
        }
    }
    /// Returns whether the name of a field fits; if not, appends two dots.
    private mutating func begins(_ length: Int, _ isFirst: Bool, _ out: inout OutputBuffer) -> Bool {
        let length = length + (isFirst ? 0 : 1)
        guard remaining > length else {
            out.put(" ..")
            remaining = 0
            return false
        }
        remaining -= length
        if !isFirst { out.put(UInt8(ascii: " ")) }
        return true
    }
    /// Writes the value of a member, combined with the later members of the same name. Elements become a list, and
    /// groups become one group. Otherwise the last member counts.
    private mutating func write(
        sameAs k: Int, end: Int, of all: borrowing Fields, meanings: MeaningTree?, at place: Int,
        to out: inout OutputBuffer
    ) {
        let first = members[k]
        let start = members.count
        var (last, elements) = (first, all.nodes[first].number)
        func isGroup(_ i: Int) -> Bool { all.nodes[i].shape == .group && all.nodes[i].index < 0 }
        if isGroup(first) { push(all.nodes, at: all.nodes[first].depth + 1, from: first + 1) }
        for j in k + 1..<max(k + 1, end) where members[j] >= 0 {
            let i = members[j]
            guard all.nodes[i].name.isSame(as: all.nodes[first].name) else { continue }
            last = i
            members[j] = -1
            elements &+= all.nodes[i].number
            if isGroup(i) { push(all.nodes, at: all.nodes[i].depth + 1, from: i + 1) }
        }
        if isGroup(last) {
            out.put(UInt8(ascii: "{"))
            writeMembers(from: start, all, meanings, place, isInner: true, to: &out)
            out.put(UInt8(ascii: "}"))
        } else {
            members.removeLast(members.count - start)
            write(value: last, elements: elements, of: all, meanings: meanings, at: place, to: &out)
        }
    }
    /// Writes a list or leaf, or `elements` that occurred separately.
    private mutating func write(
        value i: Int, elements: UInt64, of all: borrowing Fields, meanings: MeaningTree?, at place: Int,
        to out: inout OutputBuffer
    ) {
        if all.nodes[i].index >= 0 { return write(elements, between: "[", "]", to: &out) }
        guard all.nodes[i].shape == .leaf else { return write(all.nodes[i].number, between: "[", "]", to: &out) }
        write(leaf: i, all, meanings, place, to: &out)
    }
    /// Writes a leaf. Numbers, bytes and truth values are the most frequent, so they have a faster path with the same
    /// result.
    private mutating func write(
        leaf i: Int, _ all: borrowing Fields, _ meanings: MeaningTree?, _ place: Int, to out: inout OutputBuffer
    ) {
        let (form, number, content) = (all.nodes[i].type.jsonForm, all.nodes[i].number, all.nodes[i].content)
        if content.upperBound <= all.packet.byteCount {
            let isBytes = form == .hex && number == 0
            if meanings?.isPlain(at: place) ?? true {
                if form == .unsigned { return write(number, to: &out) }
                if form == .bool { return write(number != 0, to: &out) }
                if isBytes { return write(all.packet.extracting(content), to: &out) }
            } else if isBytes {
                let start = out.count
                out.put(UInt8(ascii: "="))
                if meanings?.writeShort(all.packet.extracting(content), at: place, to: &out) ?? false {
                    return take(from: start, out)
                }
                out.cut(to: start)
            }
        }
        write(all.nodes[i].leafValue(in: all.packet), meanings?.meaning(at: place), to: &out)
    }
    /// Writes the members of a JSON object in a message.
    private mutating func write(_ entries: [Value.Entry], to out: inout OutputBuffer) {
        out.put(UInt8(ascii: "{"))
        for (i, entry) in entries.enumerated() {
            // The sender of a message chooses the names in its JSON.
            let name = Escape.line(entry.key)
            guard begins(name.count, i == 0, &out) else { break }
            out.put(text: name)
            write(entry.value, nil, to: &out)
        }
        out.put(UInt8(ascii: "}"))
    }
    private mutating func write(_ value: Value, _ meaning: FieldMeaning?, to out: inout OutputBuffer) {
        if let text = meaning?.short(value) { return write(text, to: &out) }
        switch value {
        case .uint(let n): write(n, to: &out)
        case .bytes(let b): write(b.span.bytes, to: &out)
        case .text(let s): write(Escape.line(Self.isLong(s) ? String(s.prefix(24)) + ".." : s), to: &out)
        case .null: write("null", to: &out)
        case .bool(let b): write(b, to: &out)
        case .int(let n): write("\(n)", to: &out)
        case .decimal(let s): write(Escape.line(s), to: &out)
        case .list(let items): write(UInt64(items.count), between: "[", "]", to: &out)
        case .map(let entries): write(entries, to: &out)
        }
    }
    /// Returns whether a text has more than 24 characters. Short texts are recognised by their bytes alone.
    private static func isLong(_ s: String) -> Bool { s.utf8.count > 24 && s.count > 24 }
    private mutating func write(_ b: Bool, to out: inout OutputBuffer) {
        let start = out.count
        out.put(b ? "=true" : "=false")
        remaining -= out.count - start
    }
    private mutating func write(_ n: UInt64, to out: inout OutputBuffer) {
        let start = out.count
        out.put(UInt8(ascii: "="))
        out.put(n)
        remaining -= out.count - start
    }
    private mutating func write(_ bytes: RawSpan, to out: inout OutputBuffer) {
        let start = out.count
        let isCut = bytes.byteCount > 8
        out.put(UInt8(ascii: "="))
        out.put(hex: bytes.extracting(..<(isCut ? 4 : bytes.byteCount)))
        if isCut { out.put("..") }
        remaining -= out.count - start
    }
    private mutating func write(_ text: String, to out: inout OutputBuffer) {
        let start = out.count
        out.put(UInt8(ascii: "="))
        out.put(text: text)
        take(from: start, out)
    }
    /// Subtracts the text from `start` on from the remaining room.
    private mutating func take(from start: Int, _ out: OutputBuffer) {
        // An ASCII character counts as one character, except for the ones that move the cursor.
        remaining -= out.isPlain(from: start) ? out.count - start : out.text(from: start).count
    }
    private mutating func write(
        _ count: UInt64, between open: StaticString, _ close: StaticString, to out: inout OutputBuffer
    ) {
        let start = out.count
        out.put(open)
        out.put(count)
        out.put(close)
        remaining -= out.count - start
    }
}
