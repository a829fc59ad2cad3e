/// A trace that writes the fields of a message as JSON text while they are read. The text equals the result of
/// `ValueJSON.write` for `Dissection.fields(in:)`, but it needs neither of them.
///
/// It gives up (`isGood`) if it cannot write the text: the message is refused, it has more fields than a dissection
/// keeps, or a field occurs twice and has to be merged.
public struct JSONTrace: Trace {
    @inlinable @inline(__always) public static var traces: Bool { true }

    /// The members or elements around the next field.
    private struct Level {
        /// The name of the group or list; empty for an element of a list and for the message itself.
        var name: StaticString = ""
        /// Its index in a list, otherwise -1.
        var index = -1
        var isList = false
        /// The value of `writtenCount` before the first name of this level.
        var start = 0
        /// A bit for each name in this level: most names need no comparison.
        var seen: UInt64 = 0
        /// The name whose elements arrive one by one, in brackets of their own; -1: none.
        var repeated = -1
    }
    /// The text written so far, in its memory.
    var text = OutputBuffer()
    /// The bytes of the message.
    var packet = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The hint for the bytes, see `Coder.hint`.
    public internal(set) var hint: UInt64 = 0
    /// True if the text is usable. If false, the caller drops it.
    private(set) var isGood = true
    /// True if some of the text comes unchanged from the wire and may need escaping.
    private(set) var hasForeignText = false
    /// The computed values as members of a JSON object, without braces: `"state.hash":"…"`.
    var computedMembers: [UInt8] = []

    private var level = Level()
    private var outer: [Level] = []
    /// The numbers of the names in `level` and around it. The first `writtenCount` are valid.
    private var written: [UInt16] = []
    private var writtenCount = 0
    private var isFirst = true
    @usableFromInline var index = -1
    private var nodes = 0
    /// The names in quotes with a colon, by their addresses; the mark is their index in `names`.
    private var members = ShortTexts()
    private var names: [StaticString] = []
    /// The texts of code points, by their types.
    private var values = ShortTexts()
    private var scratch: [UInt8] = []

    public init() {}
    /// Begins the object of a message. The caller has set `text` and `packet`, which this and the following calls need.
    mutating func begin() {
        isGood = true
        hasForeignText = false
        computedMembers.removeAll(keepingCapacity: true)
        level = Level()
        outer.removeAll(keepingCapacity: true)
        (writtenCount, isFirst, index, nodes) = (0, true, -1, 0)
        text.put(UInt8(ascii: "{"))
    }
    /// Ends the object of a message.
    mutating func end() {
        guard isGood, outer.isEmpty, nodes <= Dissection.maximumNodes, text.fits(2) else { return giveUp() }
        if level.repeated >= 0 { text.putUnchecked(UInt8(ascii: "]")) }
        text.putUnchecked(UInt8(ascii: "}"))
    }
    /// Stops writing.
    private mutating func giveUp() { isGood = false }

    @inlinable @inline(__always)
    public mutating func leaf<V: Leaf>(
        _ name: StaticString, of type: V.Type, at: Int, content: Int, end: Int, number: UInt64, isJSON: Bool
    ) {
        switch V.jsonForm {
        case .unsigned: unsigned(name, number)
        case .signed: signed(name, number)
        case .bool: bool(name, number)
        case .hex: hex(name, content, end, mask: UInt32(truncatingIfNeeded: number))
        case .named: named(name, type, number)
        case .text where number == 0: plain(name, of: type, from: content, to: end, isJSON: isJSON)
        case .other where V.refersBack:
            other(name, of: type, number: UInt64(content), from: 0, to: end, isJSON: isJSON)
        case .text, .other: other(name, of: type, number: number, from: content, to: end, isJSON: isJSON)
        }
    }
    public mutating func computed<V: ComputedLeaf>(_ name: StaticString, of type: V.Type, from: Int, to end: Int) {
        guard isGood, let bytes = bytes(from, end) else { return }
        keep(name, V.value(from: bytes.bytes))
    }
    @inline(never)
    private mutating func keep(_ name: StaticString, _ value: Value) {
        Self.openMember(&computedMembers)
        let start = computedMembers.count
        if !outer.isEmpty {
            for around in outer.dropFirst() { step(around.name, around.index, from: start) }
            step(level.name, level.index, from: start)
        }
        step(name, -1, from: start)
        Self.write(value, after: &computedMembers)
    }
    /// Appends one more step to a path that begins at `start`. Names of fields need no escapes.
    private mutating func step(_ name: StaticString, _ index: Int, from start: Int) {
        if name.utf8CodeUnitCount > 0 {
            if computedMembers.count > start { computedMembers.append(UInt8(ascii: ".")) }
            name.withUTF8Buffer { computedMembers += $0 }
        }
        if index >= 0 { computedMembers += "[\(index)]".utf8 }
    }
    /// Appends a computed value as a member.
    static func write(_ path: String, _ value: Value, to members: inout [UInt8]) {
        openMember(&members)
        members += path.utf8
        write(value, after: &members)
    }
    private static func openMember(_ members: inout [UInt8]) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        members.append(UInt8(ascii: "\""))
    }
    private static func write(_ value: Value, after members: inout [UInt8]) {
        members += "\":".utf8
        ValueJSON.write(value, to: &members)
    }
    @usableFromInline mutating func unsigned(_ name: StaticString, _ n: UInt64) {
        guard starts(name, reserving: 24) else { return }
        let isWide = n > 1 << 53
        if isWide { text.putUnchecked(UInt8(ascii: "\"")) }
        text.putUnchecked(n)
        if isWide { text.putUnchecked(UInt8(ascii: "\"")) }
    }
    @usableFromInline mutating func signed(_ name: StaticString, _ number: UInt64) {
        guard starts(name, reserving: 24) else { return }
        let n = Int64(bitPattern: number)
        let isWide = n.magnitude > 1 << 53
        if isWide { text.putUnchecked(UInt8(ascii: "\"")) }
        if n < 0 { text.putUnchecked(UInt8(ascii: "-")) }
        text.putUnchecked(n.magnitude)
        if isWide { text.putUnchecked(UInt8(ascii: "\"")) }
    }
    @usableFromInline mutating func bool(_ name: StaticString, _ number: UInt64) {
        if starts(name, reserving: 0) { text.put(number != 0 ? "true" : "false") }
    }
    /// Writes bytes as hexadecimal digits. `mask` is the key with which the bytes are XORed on the wire; 0: not masked.
    @usableFromInline mutating func hex(_ name: StaticString, _ content: Int, _ end: Int, mask: UInt32) {
        guard let bytes = bytes(content, end), starts(name, reserving: 2 &* bytes.count &+ 2) else { return }
        text.putUnchecked(UInt8(ascii: "\""))
        if mask == 0 {
            text.putUnchecked(hex: bytes)
        } else {
            scratch.removeAll(keepingCapacity: true)
            Mask.append(bytes.bytes, mask, to: &scratch)
            scratch.withUnsafeBytes { text.putUnchecked(hex: $0) }
        }
        text.putUnchecked(UInt8(ascii: "\""))
    }
    @usableFromInline mutating func named(_ name: StaticString, _ type: any Leaf.Type, _ number: UInt64) {
        guard starts(name, reserving: 32) else { return }
        let address = UInt(bitPattern: ObjectIdentifier(type))
        let i = values.find(address, number)
        if i >= 0 { return text.putUnchecked(values[i].text, Int(values[i].size)) }
        scratch.removeAll(keepingCapacity: true)
        ValueJSON.write(type.value(of: number, RawSpan(), isJSON: false), to: &scratch)
        values.keep(scratch, address, number)
        text.put(scratch)
    }
    @usableFromInline mutating func plain(
        _ name: StaticString, of type: any Leaf.Type, from content: Int, to end: Int, isJSON: Bool
    ) {
        // JSON text already has quotes.
        let quotes = isJSON ? 1 : 0
        guard let bytes = bytes(content &+ quotes, end &- quotes), JSON.isPlain(bytes) else {
            return rare(name, of: type, from: content, to: end, isJSON: isJSON)
        }
        guard starts(name, reserving: bytes.count &+ 2) else { return }
        text.putUnchecked(UInt8(ascii: "\""))
        text.put(bytes)
        text.putUnchecked(UInt8(ascii: "\""))
    }
    /// Writes text that is not plain.
    @inline(never)
    private mutating func rare(
        _ name: StaticString, of type: any Leaf.Type, from content: Int, to end: Int, isJSON: Bool
    ) {
        // Bytes that are not ASCII may not be UTF-8. Escapes of JSON are resolved first.
        guard !isJSON, let bytes = bytes(content, end), JSON.isASCII(bytes) else {
            return other(name, of: type, number: 0, from: content, to: end, isJSON: isJSON)
        }
        guard starts(name, reserving: 0) else { return }
        hasForeignText = true
        scratch.removeAll(keepingCapacity: true)
        ValueJSON.quote(bytes, to: &scratch)
        text.put(scratch)
    }
    @usableFromInline mutating func other(
        _ name: StaticString, of type: any Leaf.Type, number: UInt64, from content: Int, to end: Int, isJSON: Bool
    ) {
        guard let bytes = bytes(content, end), starts(name, reserving: 0) else { return }
        hasForeignText = true
        scratch.removeAll(keepingCapacity: true)
        ValueJSON.write(type.value(of: number, bytes.bytes, isJSON: isJSON), to: &scratch)
        text.put(scratch)
    }
    /// Sets the index of the next element.
    @inlinable @inline(__always) public mutating func element(_ index: Int) { self.index = index }
    /// Begins a group or list.
    public mutating func open(_ name: StaticString, _ index: Int, _ at: Int, isList: Bool) {
        self.index = index
        guard starts(name, reserving: 1) else { return }
        text.putUnchecked(isList ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        outer.append(level)
        level = Level(name: name, index: index, isList: isList, start: writtenCount)
        isFirst = true
    }
    public mutating func close(_ at: Int) {
        guard isGood, text.fits(2), let last = outer.popLast() else { return }
        if level.repeated >= 0 { text.putUnchecked(UInt8(ascii: "]")) }
        text.putUnchecked(level.isList ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        writtenCount = level.start
        level = last
        isFirst = false
    }
    /// Gives up.
    public mutating func fail(_ f: Fault) { giveUp() }
    @inline(never) @_lifetime(r: copy r)
    public static func walk<M: Message>(_ m: inout M, _ r: inout Reader<JSONTrace>) { m.writeJSON(&r) }

    @inline(__always)
    private func bytes(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer? {
        // The offsets of a reader are correct.
        guard start >= 0, start <= end, end <= packet.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: packet[start..<end])
    }
    /// Writes the text before a value: a comma and, in a group, the name. Returns true if there was room for it and
    /// `size` more bytes.
    @inline(__always)
    private mutating func starts(_ name: StaticString, reserving size: Int) -> Bool {
        // The 40 bytes are for the comma, the name, and the bracket of a repeated field.
        guard isGood, text.fits(size &+ 40) else { return false }
        nodes &+= 1
        let index = index
        self.index = -1
        if level.isList {
            if !isFirst { text.putUnchecked(UInt8(ascii: ",")) }
            isFirst = false
            return true
        }
        guard index < 0, level.repeated < 0 else { return startsRepeated(name, index, size) }
        return put(name, size)
    }
    /// Begins an element of a field whose elements arrive one by one, or the field after such elements.
    private mutating func startsRepeated(_ name: StaticString, _ index: Int, _ size: Int) -> Bool {
        if level.repeated >= 0 {
            if index >= 0, isSame(names[level.repeated], name) {
                text.putUnchecked(UInt8(ascii: ","))
                return true
            }
            text.putUnchecked(UInt8(ascii: "]"))
            level.repeated = -1
        }
        guard put(name, size &+ 1) else { return false }
        if index >= 0 {
            text.putUnchecked(UInt8(ascii: "["))
            level.repeated = Int(written[writtenCount &- 1])
        }
        return true
    }
    /// Writes a name in quotes and a colon. Returns false if the name is not new in its group.
    @inline(__always)
    private mutating func put(_ name: StaticString, _ size: Int) -> Bool {
        if !isFirst { text.putUnchecked(UInt8(ascii: ",")) }
        isFirst = false
        let i = members.find(UInt(bitPattern: name.utf8Start), UInt64(name.utf8CodeUnitCount))
        guard i >= 0 else { return putRare(name, size) }
        text.putUnchecked(members[i].text, Int(members[i].size))
        return isNew(members[i].mark)
    }
    /// Writes a name that is used for the first time, or is long.
    @inline(never)
    private mutating func putRare(_ name: StaticString, _ size: Int) -> Bool {
        var number = names.firstIndex { isSame($0, name) } ?? names.count
        if number == names.count { names.append(name) }
        if number > UInt16.max { number = Int(UInt16.max) }
        scratch.removeAll(keepingCapacity: true)
        ValueJSON.quote(name.description, to: &scratch)
        scratch.append(UInt8(ascii: ":"))
        let mark = UInt16(truncatingIfNeeded: number)
        members.keep(scratch, UInt(bitPattern: name.utf8Start), UInt64(name.utf8CodeUnitCount), mark: mark)
        text.put(scratch)
        return text.fits(size) && isNew(mark)
    }
    private func isSame(_ a: StaticString, _ b: StaticString) -> Bool {
        a.utf8CodeUnitCount == b.utf8CodeUnitCount
            && (a.utf8Start == b.utf8Start || a.withUTF8Buffer { x in b.withUTF8Buffer { x.elementsEqual($0) } })
    }
    /// Returns true if no earlier field of the same group has this name; otherwise gives up.
    @inline(__always)
    private mutating func isNew(_ name: UInt16) -> Bool {
        let bit: UInt64 = 1 &<< UInt64(name & 63)
        if level.seen & bit != 0, written[level.start..<writtenCount].contains(name) {
            giveUp()
            return false
        }
        level.seen |= bit
        if writtenCount < written.count { written[writtenCount] = name } else { written.append(name) }
        writtenCount &+= 1
        return true
    }
}
