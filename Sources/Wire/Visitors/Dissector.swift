/// A dissector that shows one message after another in the same memory.
public struct Dissector {
    private var tree = TreeState()
    private var json = JSONTrace()
    /// The last dissection.
    public var dissection: Dissection { _read { yield tree.out } }
    /// The notes of the last dissection.
    public var notes: [Note] { tree.out.notes }

    public init() {}

    /// Dissects a message like `type.dissect(bytes, hint: hint)` and keeps the result as `dissection`.
    public mutating func dissect(_ type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0) {
        walk(type, bytes, audits: true, hint)
    }
    /// Returns the fields that a list of messages shows, and keeps them as `dissection`. The elements of a list are
    /// counted instead of expanded. The `number` of the list has the count, or the `number` of the first element if the
    /// elements arrive one by one. The message's own fields with the names in `names` are left out. There are no notes
    /// on fields that contradict each other. The first `elements` elements of each list are kept as well.
    public mutating func outline(
        _ type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0, leavingOut names: inout WordSet,
        keeping elements: Int = 0
    ) -> [Dissection.Node] {
        swap(&tree.leftOut, &names)
        (tree.countsElements, tree.keptElements) = (true, elements)
        walk(type, bytes, audits: false, hint)
        (tree.countsElements, tree.keptElements) = (false, 0)
        swap(&tree.leftOut, &names)
        return tree.out.nodes
    }
    private mutating func walk<M: Message>(_: M.Type, _ bytes: RawSpan, audits: Bool, _ hint: UInt64) {
        tree.reset()
        tree.hint = hint
        M.dissect(bytes, into: &tree, audits: audits)
    }
    /// Appends the fields of a message as a JSON object. The text equals the result of `ValueJSON.write` for
    /// `type.dissect(bytes, hint: hint).fields(in: bytes)`, but a valid message needs neither of them. Returns true if
    /// some of the text may not be visible ASCII.
    public mutating func writeFields(
        of type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0, to text: inout OutputBuffer
    ) -> Bool {
        let start = text.count
        json.hint = hint
        if writeJSON(type, bytes, &text) {
            swap(&computed, &json.computedMembers)
            return json.hasForeignText
        }
        guard !text.isFull else { return false }
        text.cut(to: start)
        walk(type, bytes, audits: true, hint)
        computed.removeAll(keepingCapacity: true)
        for (i, node) in tree.out.nodes.enumerated() where node.isComputed {
            JSONTrace.write(tree.out.path(of: i), node.leafValue(in: bytes), to: &computed)
        }
        var slow: [UInt8] = []
        ValueJSON.write(tree.out.fields(in: bytes), to: &slow)
        text.put(slow)
        return true
    }
    /// The computed values of the message of the last call of `writeFields`, as members of a JSON object, without
    /// braces: `"state.hash":"…"`. Empty if it has none.
    public private(set) var computed: [UInt8] = []
    private mutating func writeJSON<M: Message>(_: M.Type, _ bytes: RawSpan, _ text: inout OutputBuffer) -> Bool {
        bytes.withUnsafeBytes { packet in
            json.text = text
            json.packet = packet
            let isGood = M.write(fieldsOf: packet.bytes, &json)
            text = json.text
            (json.text, json.packet) = (OutputBuffer(), UnsafeRawBufferPointer(start: nil, count: 0))
            return isGood
        }
    }
}
