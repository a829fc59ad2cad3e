import Wire

/// A section that is a list of records, all of one length.
protocol RecordSection: Message {
    associatedtype Record: Extensible
    /// The number that it begins with.
    static var kind: SectionKind { get }
    var section: SectionKind { get set }
    var flags: Record.Flags { get set }
    /// Bytes of each record, `Record.least` at least.
    var recLen: Derived<UInt16> { get set }
    var count: Derived<UInt32> { get set }
    var records: [Record] { get set }
}

extension RecordSection {
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // A reader is told both by the bytes.
        let length = C.reads ? 0 : records.recordLength
        let total = UInt32(clamping: records.count)
        c.constant("section", &section, Self.kind)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= Record.least, UInt64(recLen.value))
        c.derived("count", &count, total)
        c.require("count", count.count <= Limits.records, UInt64(count.value))
        c.list("records", &records, count: count.count, stride: recLen.count, by: "count")
    }
}
