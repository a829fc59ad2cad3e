/// A conversion of records, for example to text. Every thread has its own, so it may keep state.
public protocol RecordWork {
    /// Appends the output for a record and returns true. Returns false if the record is not selected.
    mutating func make(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) -> Bool
}

/// A batch of consecutive records with copies of their bytes, and their output. One thread has it at a time.
final class RecordBatch {
    /// The maximum capacity in bytes of a buffer that is kept for the next use.
    static let capacityKept = 128 << 10

    /// Its number among all batches.
    var serial = 0
    /// The output for the records.
    var output: [UInt8] = []
    /// The number of selected records.
    private(set) var chosen = 0
    private var records: [Record] = []
    /// The offset at which the bytes of each record end.
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    /// The texts to write before records, by their positions.
    private var texts: [(position: Int, text: String)] = []

    var isEmpty: Bool { records.isEmpty && texts.isEmpty }
    var count: Int { records.count }
    var byteCount: Int { bytes.count }

    func append(_ record: borrowing Record, _ data: RawSpan) {
        records.append(copy record)
        data.withUnsafeBytes { bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }
    /// Appends text that is written before the next record, selected or not.
    func append(_ text: String) { texts.append((records.count, text)) }

    /// Makes the output.
    func make(with work: inout any RecordWork) {
        // These are moved out, so that they can be lent.
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
        // The memory of a long message is not kept for short ones.
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.capacityKept)
        output.removeAll(keepingCapacity: output.capacity <= Self.capacityKept)
    }
}
