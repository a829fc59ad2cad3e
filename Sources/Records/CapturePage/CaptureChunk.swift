internal import Capture
internal import Crypto
internal import Node
internal import Text
internal import Wire

/// A group of records that are written to the page together. The columns for the list are separate from the fields,
/// bytes and new shapes, which the page reads on demand. A chunk contains shared values only once.
///
/// The columns have one value for each record:
/// - `n`, `time` (nanoseconds since `start`)
/// - `head`: index in `heads` (name, protocol, kind, path)
/// - `way`: index in `ways` (source, destination, their names if they have any, transport, flow, 1 from the client,
///   number of the TCP stream)
/// - `length`, `offset`, `frames` (a number, or a list)
/// - `packet` (its length), `since` (nanoseconds since the packet before)
///
/// Rare values are in lists whose entries begin with the index of their record in the chunk: `notes`, `comments`,
/// `origins`, `parts`, `answers` (the number of the request, and the nanoseconds since then), `stops` (the place where
/// decoding of a malformed message stopped), `says` (the summary).
struct CaptureChunk {
    /// The maximum number of records of a chunk.
    static let size = 1000
    /// The number of message bytes after which the chunk accepts no further record.
    static let maximumBytes = 1 << 20

    private enum Column: String, CaseIterable { case n, time, head, way, length, offset, frames, packet, since }
    private enum Sparse: String, CaseIterable { case notes, comments, origins, parts, answers, stops, says }
    private struct Head: Hashable {
        var name: String
        var protocolName: String
        var kind: RecordKind
        var path: String
    }
    private struct Way: Hashable {
        var source: Endpoint
        var destination: Endpoint
        var transport: Transport
        var flow: Int
        var isFromClient: Bool
        var stream: Int32
    }
    private var count = 0
    private var start = Timestamp(nanoseconds: 0)
    private var columns = [[UInt8]](repeating: [], count: Column.allCases.count)
    private var sparse = [[UInt8]](repeating: [], count: Sparse.allCases.count)
    private var heads = SharedValues<Head>()
    private var ways = SharedValues<Way>()
    private var fields = CaptureFields()

    /// Returns whether the record fits into this chunk.
    func hasRoom(for record: borrowing Record) -> Bool {
        count < Self.size && fields.bytes.count < Self.maximumBytes && (count == 0 || record.start == start)
    }
    /// Adds a record.
    mutating func add(
        _ record: borrowing Record, _ bytes: RawSpan, _ opened: DissectedRecord, meaning: MeaningTree?,
        summary: String?, names: AddressNames, with shapes: inout CaptureShapes
    ) {
        start = record.start
        put(.n, record.number)
        put(.time, record.time.nanoseconds &- record.start.nanoseconds)
        let head = Head(
            name: record.name, protocolName: record.protocolName, kind: record.kind, path: record.path)
        put(.head, heads.place(of: head) { Self.value(head) })
        let way = Way(
            source: record.source, destination: record.destination, transport: record.transport, flow: record.flow,
            isFromClient: record.isFromClient, stream: record.tcpStream)
        put(.way, ways.place(of: way) { Self.value(way, names) })
        put(.length, record.length)
        put(.offset, record.offset)
        let frames: Value =
            record.frames.count == 1 ? .number(record.frames[0]) : .list(record.frames.map { .number($0) })
        put(.frames, frames)
        put(.packet, record.packetLength)
        put(.since, record.sincePrevious)
        for note in opened.notes {
            put(
                .notes,
                [
                    .text(note.severity.rawValue), note.requirement.map { .text($0) } ?? .null, .text(note.path),
                    .text(note.text),
                ])
        }
        if let summary { put(.says, [.text(summary)]) }
        for comment in record.comments { put(.comments, [.text(comment)]) }
        for origin in record.origins {
            put(
                .origins,
                [
                    .number(origin.record), .number(origin.range.lowerBound), .number(origin.range.count),
                    .number(origin.isMade ? 1 : 0),
                ])
        }
        for part in record.parts {
            put(
                .parts,
                [
                    .number(part.range.lowerBound), .number(part.range.count), .number(part.number),
                    .number(part.offset),
                ])
        }
        if let request = record.answers { put(.answers, [.number(request.record), Value(request.after)]) }
        if let error = opened.dissection?.error {
            put(.stops, [.number(max(0, error.offset)), .text(error.description)])
        }
        fields.add(opened.dissection, meaning: meaning, in: bytes, with: &shapes)
        count += 1
    }
    /// Writes the collected records, and begins a new chunk.
    mutating func flush(_ shapes: inout CaptureShapes, to out: inout [UInt8]) {
        guard count > 0 else { return }
        out += "<script type=\"application/json\" class=\"rows\">{\"start\":\"\(start.nanoseconds)\"".utf8
        for (column, text) in zip(Column.allCases, columns) { Self.member(column.rawValue, text, to: &out) }
        for (list, text) in zip(Sparse.allCases, sparse) { Self.member(list.rawValue, text, to: &out) }
        Self.member("heads", heads.text, to: &out)
        Self.member("ways", ways.text, to: &out)
        out += "}</script>\n<script type=\"application/json\" class=\"shapes\">".utf8
        shapes.write(to: &out)
        out += "</script>\n<script type=\"application/json\" class=\"fields\">".utf8
        fields.write(to: &out)
        out += "</script>\n".utf8
        self = CaptureChunk()
    }
    private static func member(_ name: String, _ text: [UInt8], to out: inout [UInt8]) {
        out += ",\"\(name)\":[".utf8
        out += text
        out.append(UInt8(ascii: "]"))
    }
    private mutating func put(_ column: Column, _ n: some BinaryInteger) { put(column, Value(Int64(clamping: n))) }
    private mutating func put(_ column: Column, _ value: Value) {
        guard let i = Column.allCases.firstIndex(of: column) else { return }
        if count > 0 { columns[i].append(UInt8(ascii: ",")) }
        ValueJSON.write(value, to: &columns[i])
    }
    private mutating func put(_ list: Sparse, _ entry: [Value]) {
        guard let i = Sparse.allCases.firstIndex(of: list) else { return }
        if !sparse[i].isEmpty { sparse[i].append(UInt8(ascii: ",")) }
        PageText.json(.list([.number(count)] + entry), to: &sparse[i])
    }
    private static func value(_ head: Head) -> Value {
        let kind =
            switch head.kind {
            case .message: 0
            case .malformed: 1
            case .incomplete: 2
            }
        return [.text(head.name), .text(head.protocolName), .number(kind), .text(head.path)]
    }
    private static func value(_ way: Way, _ names: AddressNames) -> Value {
        let ends = [way.source, way.destination]
        let shown = ends.map { end -> Value in names.text(end) == "\(end)" ? .null : .text(names.text(end)) }
        return .list(
            ends.map { .text("\($0)") } + shown + [
                .text(way.transport.rawValue), .number(way.flow), .number(way.isFromClient ? 1 : 0),
                Value(Int64(way.stream)),
            ])
    }
}
