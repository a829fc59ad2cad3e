/// Dissects one message after another in the same memory, for whoever shows many.
public struct Dissector {
    private var tree = Tree()
    private var writer = DissectionWriter()
    /// What was dissected last.
    public var dissection: Dissection { tree.out }
    /// Notes on what was dissected last.
    public var notes: [Note] { tree.out.notes }

    /// Nothing dissected yet.
    public init() {}

    /// The same as `type.dissect(bytes)`, kept as `dissection`. What is known to have no note (`Look.plain`) is not
    /// searched for contradictions.
    public mutating func dissect(_ type: any Message.Type, _ bytes: RawSpan, isPlain: Bool = false) {
        walk(type, bytes, isPlain)
    }
    private mutating func walk<M: Message>(_: M.Type, _ bytes: RawSpan, _ isPlain: Bool) {
        tree.reset()
        M.dissect(bytes, into: &tree, audits: !isPlain)
    }
    /// Appends the fields of what was dissected last as a JSON object: the text that `ValueJSON.write` makes of
    /// `dissection.fields(in: bytes)`, without making those values.
    public mutating func writeFields(of bytes: RawSpan, to out: inout [UInt8]) {
        guard !writer.write(tree.out, bytes, to: &out) else { return }
        ValueJSON.write(tree.out.fields(in: bytes), to: &out)
    }
}
