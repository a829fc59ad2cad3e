/// Shows one message after another in the same memory.
public struct Dissector {
    private var tree = TreeState()
    private var json = JSONTrace()
    /// What was dissected last.
    public var dissection: Dissection { _read { yield tree.out } }
    /// Notes on what was dissected last.
    public var notes: [Note] { tree.out.notes }

    public init() {}

    /// The same as `type.dissect(bytes, hint: hint)`, kept as `dissection`.
    public mutating func dissect(_ type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0) {
        walk(type, bytes, audits: true, hint)
    }
    /// The fields that a list of messages shows, kept as `dissection` too: of the elements of a list just how many there are, which is
    /// its `number`, or that of the first of those that come one by one; nothing of the message's own fields with these
    /// names; and no notes of fields that contradict each other.
    public mutating func outline(
        _ type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0, leavingOut names: inout WordSet
    ) -> [Dissection.Node] {
        swap(&tree.leftOut, &names)
        tree.countsElements = true
        walk(type, bytes, audits: false, hint)
        tree.countsElements = false
        swap(&tree.leftOut, &names)
        return tree.out.nodes
    }
    private mutating func walk<M: Message>(_: M.Type, _ bytes: RawSpan, audits: Bool, _ hint: UInt64) {
        tree.reset()
        tree.hint = hint
        M.dissect(bytes, into: &tree, audits: audits)
    }
    /// Appends the fields of a message as a JSON object: the text that `ValueJSON.write` makes of
    /// `type.dissect(bytes, hint: hint).fields(in: bytes)`, without making those for a good message. True when some of
    /// the text may be other than visible ASCII.
    public mutating func writeFields(
        of type: any Message.Type, _ bytes: RawSpan, hint: UInt64 = 0, to text: inout OutputBuffer
    ) -> Bool {
        let start = text.count
        json.hint = hint
        if writeJSON(type, bytes, &text) { return json.hasForeignText }
        guard !text.isFull else { return false }
        text.cut(to: start)
        walk(type, bytes, audits: true, hint)
        var slow: [UInt8] = []
        ValueJSON.write(tree.out.fields(in: bytes), to: &slow)
        text.put(slow)
        return true
    }
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
