public import Wire

/// A section that is a list of records, all of one length.
public struct RecordSection<Record: SectionRecord>: Message {
    public static var name: StaticString { Record.sectionName }
    public var section = Record.section
    /// 0 and ignored where the section has none.
    public var flags = Record.Flags()
    /// Bytes of each record, `Record.least` at least.
    public var recLen = Derived<UInt16>()
    public var count = Derived<UInt32>()
    public var records: [Record] = []
    public init() {}
    public init(_ records: [Record]) { self.records = records }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // A reader is told both by the bytes.
        let length = C.reads ? 0 : records.recordLength
        let total = UInt32(clamping: records.count)
        c.constant("section", &section, Record.section)
        c.field("flags", &flags)
        c.derived("rec_len", &recLen, length)
        c.require("rec_len", recLen.count >= Record.least, UInt64(recLen.value))
        c.derived("count", &count, total)
        c.require("count", count.count <= Limits.records, UInt64(count.value))
        c.list("records", &records, count: count.count, stride: recLen.count, by: "count")
    }
}
