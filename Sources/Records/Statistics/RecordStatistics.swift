public import Capture
public import Node
internal import Wire

/// The counts of records by name and peer, and the counts of findings.
public struct RecordStatistics: RecordSink {
    /// The records of one name.
    public struct Count: Hashable, Sendable {
        public var records = 0
        /// The number of their bytes.
        public var bytes = 0
        /// The number of records from the side that opened the connection.
        public var fromClient = 0
        /// The sizes in bytes.
        var sizes = Histogram()
        /// The microseconds since the previous record of the same name in the same direction of a connection.
        var intervals = Histogram()
    }

    /// The valid messages, and incomplete ones under names such as `nano.incomplete`.
    public var messages: [String: Count] { Dictionary(uniqueKeysWithValues: sorted.map { ($0.name, $0.count) }) }
    /// The messages that do not match their description, and ranges of bytes that no header announces.
    public var malformed: Count { totals[Self.malformedKind].count }
    /// The number of bytes of valid messages.
    public var explained: Int { protocols.reduce(0) { $0 &+ $1.bytes } }
    /// The number of notes by severity, including the ones that `decode` shows.
    public private(set) var notes: [Severity: Int] = [:]
    private(set) var series = TimeSeries()
    /// The segments of connections, regardless of the filter.
    private(set) var tcp = TCPStatistics()
    /// The connections that failed or have an unknown protocol, regardless of the filter.
    private(set) var troubled = TroubledConnections()
    /// The number of units of layers that `decode` shows only with `--layers`.
    private(set) var frames = 0
    /// The malformed records by name.
    private(set) var malformedNames: [String: Int] = [:]
    /// The counts of connections.
    private var flows = FlowCounts()

    private let filter: Filter?
    /// The category of a record. Sizes and intervals are counted here, the rest in `flows`.
    struct Kind: Sendable {
        var name: String
        /// The protocol; only for valid messages.
        var protocolName: String?
        var count = Count()
        /// The number of its bytes that other records contain too.
        var reassembledBytes = 0
        var parts = PartCounts()
    }
    private var kinds = [Kind(name: Self.malformedName)]
    /// The parts of each kind; nil for types without parts.
    private var finders: [MessageParts?] = [nil]
    private static let malformedKind = 0
    static let malformedName = "malformed"
    /// The indices in `kinds` by type. `recentKinds` is a cache of the last ones.
    private var kindIndices: [ObjectIdentifier: Int] = [:]
    private var recentKinds = [(type: ObjectIdentifier?, kindIndex: Int)](repeating: (nil, 0), count: Self.recentCount)
    /// The size of the cache, a power of two.
    private static let recentCount = 64

    /// Makes empty statistics. Records that do not pass the filter are not counted.
    public init(_ filter: Filter? = nil) { self.filter = filter }

    /// Counts one record.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        if !record.notes.isEmpty || record.isRemarkable { countNotes(record, bytes) }
        if record.isMereCarrier { frames &+= 1 }
        if record.kind == .malformed { malformedNames[record.name, default: 0] &+= 1 }
        let kind = record.kind == .malformed ? Self.malformedKind : kindIndex(of: record)
        if finders[kind] != nil { countParts(of: kind, record.hint, bytes) }
        if record.isOfOthers {
            kinds[kind].count.bytes &+= record.length
            kinds[kind].reassembledBytes &+= record.length
        }
        // The bytes of a reassembled record belong to other records.
        count(
            kind, flow: record.flow, from: record.source, to: record.destination, isFromClient: record.isFromClient,
            at: record.time,
            length: record.length, newBytes: record.isOfOthers ? 0 : record.length)
    }
    /// True if the filter tests which message answers which.
    public var wantsAnswers: Bool { filter?.testsAnswers ?? false }
    /// True without a filter, because a filter needs more information about a message.
    public var takesPlain: Bool { filter == nil }
    /// Counts one message without findings.
    public mutating func plain(_ message: borrowing PlainMessage, of protocolName: String) {
        let type = message.type
        let kind = recentKind(of: type) ?? findKind(of: type, protocolName)
        count(
            kind, flow: message.flow, from: message.source, to: message.destination, isFromClient: message.isFromClient,
            at: message.time, length: message.length, newBytes: message.length)
    }
    /// True, because segments are counted.
    public var wantsTransport: Bool { true }
    /// Counts a connection.
    public mutating func transport(_ summary: TCPSummary) {
        tcp.add(summary)
        if summary.failure != nil || summary.unknown != nil { troubled.add(summary) }
    }
    /// Counts the connections that have failed at the end of the capture.
    mutating func settle(_ end: Timestamp?) { troubled.settle(end) }
    @inline(__always)
    private mutating func count(
        _ kind: Int, flow: Int, from source: Endpoint, to destination: Endpoint, isFromClient: Bool,
        at time: Timestamp, length: Int, newBytes: Int
    ) {
        series.add(time, newBytes)
        let key = RecordRows.Key(flow: flow, kind: kind, isFromClient: isFromClient)
        let last = flows.count(key, from: source, to: destination, at: time, length: newBytes)
        kinds[kind].count.add(length, at: time, after: last)
    }
    @inline(never)
    private mutating func countParts(of kind: Int, _ hint: UInt64, _ bytes: RawSpan) {
        var parts = PartCounts()
        swap(&parts, &kinds[kind].parts)
        finders[kind]?.each(in: bytes, hint: hint) { parts.add($0, $1) }
        swap(&parts, &kinds[kind].parts)
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
    /// Returns the index of a recently used type.
    @inline(__always)
    private func recentKind(of type: any Message.Type) -> Int? {
        let recent = recentKinds[Self.recentKind(ObjectIdentifier(type))]
        return recent.type == ObjectIdentifier(type) ? recent.kindIndex : nil
    }
    @inline(__always)
    private static func recentKind(_ id: ObjectIdentifier) -> Int {
        // Type descriptors are at least 8 bytes apart.
        Int(truncatingIfNeeded: UInt(bitPattern: id) >> 3) & (recentCount &- 1)
    }
    @inline(never)
    private mutating func findKind(of type: any Message.Type, _ protocolName: String) -> Int {
        let id = ObjectIdentifier(type)
        let found = kindIndices[id] ?? kindIndex(Kind(name: type.name.description, protocolName: protocolName))
        if kindIndices[id] == nil { finders[found] = MessageParts(type) }
        kindIndices[id] = found
        recentKinds[Self.recentKind(id)] = (id, found)
        return found
    }
    /// Returns the index of the kind with a name, which is added if it is new. The first kind is never returned,
    /// because it has its own index.
    private mutating func kindIndex(_ kind: Kind) -> Int {
        kinds.dropFirst().firstIndex { $0.name == kind.name } ?? add(kind)
    }
    private mutating func add(_ kind: Kind) -> Int {
        kinds.append(kind)
        finders.append(nil)
        return kinds.count - 1
    }
    /// Adds the statistics of other connections or other captures.
    public mutating func merge(_ other: RecordStatistics) {
        merge(other.totals, peers: other.peers, notes: other.notes, series: other.series, tcp: other.tcp)
        merge(other.troubled, frames: other.frames, malformedNames: other.malformedNames)
    }
    mutating func merge(_ troubled: TroubledConnections, frames: Int, malformedNames: [String: Int]) {
        self.troubled.merge(troubled)
        self.frames &+= frames
        self.malformedNames.merge(malformedNames) { $0 &+ $1 }
    }
    mutating func merge(
        _ kinds: [Kind], peers: PeerCounts, notes: [Severity: Int], series: TimeSeries, tcp: TCPStatistics
    ) {
        for kind in kinds {
            let i = kind.name == Self.malformedName ? Self.malformedKind : kindIndex(Kind(name: kind.name))
            self.kinds[i].protocolName = self.kinds[i].protocolName ?? kind.protocolName
            self.kinds[i].reassembledBytes &+= kind.reassembledBytes
            self.kinds[i].parts.merge(kind.parts)
            self.kinds[i].count.merge(kind.count)
        }
        flows.merge(peers)
        self.notes.merge(notes) { $0 &+ $1 }
        self.series.merge(series)
        self.tcp.merge(tcp)
    }
    /// The kinds with all their counts.
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
    /// The endpoints with their sent and received traffic.
    var peers: PeerCounts { settled.peers }
    /// The valid messages and their bytes by protocol. There are few protocols.
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
    /// The numbers of records by kind. `decode` shows `frames` only with `--layers`.
    var shares: [(name: String, count: Int)] {
        let all = totals
        func sum(_ isChosen: (Kind) -> Bool) -> Int {
            all.dropFirst().reduce(0) { $0 &+ (isChosen($1) ? $1.count.records : 0) }
        }
        let findings = sum { $0.protocolName == nil && $0.name.hasSuffix(".finding") }
        let incomplete = sum { $0.protocolName == nil } &- findings
        return [
            ("messages", sum { $0.protocolName != nil } &- frames), ("malformed", malformed.records),
            ("incomplete", incomplete), ("findings", findings), ("frames", frames),
        ]
    }
    /// The names with their counts, in alphabetical order.
    var sorted: [(name: String, count: Count)] {
        totals.dropFirst().map { (name: $0.name, count: $0.count) }.sorted { $0.name < $1.name }
    }
    /// The parts of the types that have any, in alphabetical order of the types.
    var sortedParts: [(type: String, parts: PartCounts)] {
        kinds.filter { !$0.parts.counts.isEmpty }.map { ($0.name, $0.parts) }.sorted { $0.type < $1.type }
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
    /// Adds a size, and the time since the previous message, if there was one.
    @inline(__always)
    mutating func add(_ length: Int, at time: Timestamp, after last: Timestamp?) {
        sizes.add(length)
        guard let last else { return }
        let (passed, over) = time.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
        if !over { intervals.add(Int(passed / 1000)) }
    }
}
