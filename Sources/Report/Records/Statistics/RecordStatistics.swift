public import Capture
public import Node
internal import Wire

/// Counts records by name and peer, and what was noticed in them.
public struct RecordStatistics: RecordSink {
    /// Records of one name.
    public struct Count: Hashable, Sendable {
        public var records = 0
        /// Their bytes.
        public var bytes = 0
        /// How many of them the side sent that opened the connection.
        public var fromClient = 0
        /// Sizes in bytes.
        var sizes = Histogram()
        /// Microseconds since the one before of the same name in the same direction of a connection.
        var intervals = Histogram()
    }

    /// Good messages, and incomplete ones under names such as `nano.incomplete`.
    public var messages: [String: Count] { Dictionary(uniqueKeysWithValues: sorted.map { ($0.name, $0.count) }) }
    /// Messages that their description refuses, and stretches of bytes that no header declares.
    public var malformed: Count { totals[Self.malformedKind].count }
    /// Bytes of good messages.
    public var explained: Int { protocols.reduce(0) { $0 &+ $1.bytes } }
    /// Notes by severity, those included that `decode` shows.
    public private(set) var notes: [Severity: Int] = [:]
    private(set) var series = TimeSeries()
    /// Segments of connections, whatever the filter lets pass.
    private(set) var tcp = TCPStatistics()
    /// What belongs to connections.
    private var flows = FlowCounts()

    private let filter: Filter?
    /// What records are counted as: sizes and intervals here, the rest in `flows`.
    struct Kind: Sendable {
        var name: String
        /// Of good messages.
        var protocolName: String?
        var count = Count()
        /// Bytes among them that other records have too.
        var reassembledBytes = 0
    }
    private var kinds = [Kind(name: Self.malformedName)]
    private static let malformedKind = 0
    static let malformedName = "malformed"
    /// Places in `kinds` by type, and those asked for last.
    private var kindIndices: [ObjectIdentifier: Int] = [:]
    private var recentKinds = [(type: ObjectIdentifier?, kindIndex: Int)](repeating: (nil, 0), count: Self.recentCount)
    /// A power of two.
    private static let recentCount = 64

    /// Nothing counted yet; records that a filter does not let pass are not.
    public init(_ filter: Filter? = nil) { self.filter = filter }

    /// Counts one record.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        if !record.notes.isEmpty || record.isRemarkable { countNotes(record, bytes) }
        let kind = record.kind == .malformed ? Self.malformedKind : kindIndex(of: record)
        if record.isOfOthers {
            kinds[kind].count.bytes &+= record.length
            kinds[kind].reassembledBytes &+= record.length
        }
        // Bytes of what was put together are those of other records.
        count(
            kind, flow: record.flow, record.source, record.destination, record.isFromClient, record.time,
            record.length, newBytes: record.isOfOthers ? 0 : record.length)
    }
    /// True without a filter, which has to know more of a message.
    public var takesPlain: Bool { filter == nil }
    /// Counts one message, of which nothing is to be told besides.
    public mutating func plain(_ message: borrowing PlainMessage, of protocolName: String) {
        let type = message.type
        let kind = recentKind(of: type) ?? findKind(of: type, protocolName)
        count(
            kind, flow: message.flow, message.source, message.destination, message.isFromClient,
            message.time, message.length, newBytes: message.length)
    }
    /// True: segments are counted.
    public var wantsTransport: Bool { true }
    /// Counts a connection.
    public mutating func transport(_ summary: TCPSummary) { tcp.add(summary) }
    @inline(__always)
    private mutating func count(
        _ kind: Int, flow: Int, _ source: Endpoint, _ destination: Endpoint, _ isFromClient: Bool,
        _ time: Timestamp, _ length: Int, newBytes: Int
    ) {
        series.add(time, newBytes)
        let key = RecordRows.Key(flow: flow, kind: kind, isFromClient: isFromClient)
        let last = flows.count(key, source, destination, time, newBytes)
        kinds[kind].count.add(length, at: time, after: last)
    }
    @inline(never)
    private mutating func countNotes(_ record: borrowing Record, _ bytes: RawSpan) {
        for note in record.notes { notes[note.severity, default: 0] &+= 1 }
        if record.isRemarkable, let message = record.message {
            for note in message.dissect(bytes, hint: record.hint).notes {
                notes[DissectedRecord.severity(note.kind), default: 0] &+= 1
            }
        }
    }
    @inline(__always)
    private mutating func kindIndex(of record: borrowing Record) -> Int {
        guard let type = record.message else { return kindIndex(Kind(name: record.name)) }
        return recentKind(of: type) ?? findKind(of: type, record.protocolName)
    }
    /// The place of a type that was asked for lately.
    @inline(__always)
    private func recentKind(of type: any Message.Type) -> Int? {
        let recent = recentKinds[Self.recentKind(ObjectIdentifier(type))]
        return recent.type == ObjectIdentifier(type) ? recent.kindIndex : nil
    }
    @inline(__always)
    private static func recentKind(_ id: ObjectIdentifier) -> Int {
        // Descriptions of types are 8 bytes apart at least.
        Int(truncatingIfNeeded: UInt(bitPattern: id) >> 3) & (recentCount &- 1)
    }
    @inline(never)
    private mutating func findKind(of type: any Message.Type, _ protocolName: String) -> Int {
        let id = ObjectIdentifier(type)
        let found = kindIndices[id] ?? kindIndex(Kind(name: type.name.description, protocolName: protocolName))
        kindIndices[id] = found
        recentKinds[Self.recentKind(id)] = (id, found)
        return found
    }
    /// Where a kind of a name stands, which may be new; the first one has a place of its own.
    private mutating func kindIndex(_ kind: Kind) -> Int {
        kinds.dropFirst().firstIndex { $0.name == kind.name } ?? add(kind)
    }
    private mutating func add(_ kind: Kind) -> Int {
        kinds.append(kind)
        return kinds.count - 1
    }
    /// Adds what was counted elsewhere: of other connections, or of other captures.
    public mutating func merge(_ other: RecordStatistics) {
        merge(other.totals, other.peers, other.notes, other.series, other.tcp)
    }
    mutating func merge(
        _ kinds: [Kind], _ peers: PeerCounts, _ notes: [Severity: Int], _ series: TimeSeries, _ tcp: TCPStatistics
    ) {
        for kind in kinds {
            let i = kind.name == Self.malformedName ? Self.malformedKind : kindIndex(Kind(name: kind.name))
            self.kinds[i].protocolName = self.kinds[i].protocolName ?? kind.protocolName
            self.kinds[i].reassembledBytes &+= kind.reassembledBytes
            self.kinds[i].count.merge(kind.count)
        }
        flows.merge(peers)
        self.notes.merge(notes) { $0 &+ $1 }
        self.series.merge(series)
        self.tcp.merge(tcp)
    }
    /// Kinds with all that was counted of them.
    var totals: [Kind] {
        var all = kinds
        for (i, n) in settled.kinds.enumerated() {
            all[i].count.records &+= n.records
            all[i].count.bytes &+= n.bytes
            all[i].count.fromClient &+= n.fromClient
        }
        return all
    }
    private var settled: FlowCounts {
        var all = flows
        all.settle()
        return all
    }
    /// Endpoints with what they sent and received.
    var peers: PeerCounts { settled.peers }
    /// Good messages by protocol, of which there are few, and their bytes.
    var protocols: [(name: String, messages: Int, bytes: Int)] {
        var out: [(name: String, messages: Int, bytes: Int)] = []
        for kind in totals {
            guard let name = kind.protocolName else { continue }
            let index = out.firstIndex { $0.name == name } ?? out.count
            if index == out.count { out.append((name, 0, 0)) }
            out[index].messages &+= kind.count.records
            out[index].bytes &+= kind.count.bytes &- kind.reassembledBytes
        }
        return out
    }
    /// Names with their counts, in the order of the alphabet.
    var sorted: [(name: String, count: Count)] {
        totals.dropFirst().map { (name: $0.name, count: $0.count) }.sorted { $0.name < $1.name }
    }
    func count(_ severity: Severity) -> Int { notes[severity] ?? 0 }
}

extension RecordStatistics.Count {
    mutating func merge(_ other: Self) {
        records &+= other.records
        bytes &+= other.bytes
        fromClient &+= other.fromClient
        sizes.merge(other.sizes)
        intervals.merge(other.intervals)
    }
    /// Adds a size, and what passed since a message before, if there was one.
    @inline(__always)
    mutating func add(_ length: Int, at time: Timestamp, after last: Timestamp?) {
        sizes.add(length)
        guard let last else { return }
        let (passed, over) = time.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
        if !over { intervals.add(Int(passed / 1000)) }
    }
}
