/// What is made of records, such as text. Every thread has one of its own, so that it may remember things.
public protocol RecordWork {
    /// Appends what is made of a record, and returns true; false when the record is not chosen.
    mutating func make(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) -> Bool
}

/// Records that follow each other, with copies of their bytes, and what is made of them. One thread has it at a time.
final class RecordBatch {
    /// Memory that is kept for what comes next.
    static let capacityKept = 128 << 10

    /// Its number among all.
    var serial = 0
    /// What was made of the records.
    var output: [UInt8] = []
    /// Records that were chosen.
    private(set) var chosen = 0
    private var records: [Record] = []
    /// Where the bytes of each end.
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    /// Text in front of records, by their positions.
    private var texts: [(position: Int, text: String)] = []

    var isEmpty: Bool { records.isEmpty && texts.isEmpty }
    var count: Int { records.count }
    var byteCount: Int { bytes.count }

    func append(_ record: borrowing Record, _ data: RawSpan) {
        records.append(copy record)
        data.withUnsafeBytes { bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }
    /// Text that goes out before the next record, whatever that is.
    func append(_ text: String) { texts.append((records.count, text)) }

    /// Makes all that is to be made.
    func make(with work: inout any RecordWork) {
        // Moved out, so that they can be lent.
        var out: [UInt8] = []
        swap(&out, &output)
        let bytes = bytes
        var (start, next) = (0, 0)
        for i in records.indices {
            while next < texts.count, texts[next].position == i {
                out += texts[next].text.utf8
                next += 1
            }
            if work.make(records[i], bytes.span.bytes.extracting(start..<ends[i]), to: &out) { chosen += 1 }
            start = ends[i]
        }
        for text in texts[next...] { out += text.text.utf8 }
        swap(&out, &output)
    }
    func clear() {
        chosen = 0
        records.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        texts.removeAll()
        // Memory for a long message is not kept for short ones.
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.capacityKept)
        output.removeAll(keepingCapacity: output.capacity <= Self.capacityKept)
    }
}
