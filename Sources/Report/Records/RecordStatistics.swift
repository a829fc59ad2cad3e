public import Capture
public import Node
import Wire

/// Counts records by name and peer, and what was noticed in them.
public struct RecordStatistics: RecordSink {
    /// Records of one name.
    public struct Count: Hashable, Sendable {
        /// How many.
        public var records = 0
        /// Their bytes.
        public var bytes = 0
        /// How many of them the side sent that opened the connection.
        public var fromClient = 0
        var sizes = Histogram()
        /// Microseconds since the one before of the same name in the same direction of a connection.
        var intervals = Histogram()
    }

    /// Good messages, and incomplete ones under names such as `nano.incomplete`.
    public var messages: [String: Count] {
        Dictionary(uniqueKeysWithValues: counts.lazy.map { ($0.name, $0.count) })
    }
    /// Messages that their description refuses, and stretches of bytes that no header declares.
    public private(set) var malformed = Count()
    /// Bytes of good messages.
    public var explained: Int { protocols.reduce(0) { $0 &+ $1.bytes } }
    /// Good messages by protocol, of which there are few, and their bytes; the place of the last one.
    private(set) var protocols: [(name: String, messages: Int, bytes: Int)] = []
    private var recentProtocol = 0
    /// Notes by severity, those included that `decode` shows.
    public private(set) var notes: [Severity: Int] = [:]
    private(set) var series = TimeSeries()
    /// What belongs to connections, by their lanes: so it comes to the same when lanes are counted by themselves.
    private var lanes = [Lane](repeating: Lane(), count: FlowLane.count)
    private struct Lane {
        var peers = PeerCounts()
        var lastTimes = LastTimes()
    }

    private let filter: Filter?
    private var counts: [(name: String, count: Count)] = []
    /// Places in `counts` by type, and those asked for last.
    private var places: [ObjectIdentifier: Int] = [:]
    private var recentPlaces = [(type: ObjectIdentifier?, place: Int)](repeating: (nil, 0), count: 64)

    /// Nothing counted yet; records that a filter does not let pass are not.
    public init(_ filter: Filter? = nil) { self.filter = filter }

    /// Counts one record.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        if !record.notes.isEmpty || record.isRemarkable { countNotes(record, bytes) }
        series.add(record.time, start: record.start, record.length)
        let lane = FlowLane(record.source, record.destination).number
        lanes[lane].peers.count(
            record.source, record.destination, flow: record.flow, record.isFromClient, record.length)
        if record.kind == .message { addToProtocol(record.protocolName, 1, record.length) }
        if record.kind == .malformed {
            Self.add(record, &malformed)
            return
        }
        let place = place(of: record)
        Self.add(record, &counts[place].count)
        if let last = lanes[lane].lastTimes.exchange(record.time, flow: record.flow, record.isFromClient, place: place)
        {
            let (passed, over) = record.time.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
            if !over { counts[place].count.intervals.add(Int(passed / 1000)) }
        }
    }
    @inline(never)
    private mutating func countNotes(_ record: borrowing Record, _ bytes: RawSpan) {
        for note in record.notes { notes[note.severity, default: 0] &+= 1 }
        if record.isRemarkable, let message = record.message {
            for note in message.dissect(bytes).notes { notes[Opened.severity(note.kind), default: 0] &+= 1 }
        }
    }
    @inline(__always)
    private mutating func addToProtocol(_ name: String, _ messages: Int, _ bytes: Int) {
        if recentProtocol >= protocols.count || protocols[recentProtocol].name != name {
            recentProtocol = protocols.firstIndex { $0.name == name } ?? protocols.count
            if recentProtocol == protocols.count { protocols.append((name, 0, 0)) }
        }
        protocols[recentProtocol].messages &+= messages
        protocols[recentProtocol].bytes &+= bytes
    }
    @inline(__always)
    private mutating func place(of record: borrowing Record) -> Int {
        guard let type = record.message else { return findPlace(of: record) }
        let id = ObjectIdentifier(type)
        // Descriptions of types are 8 bytes apart at least.
        let recent = Int(truncatingIfNeeded: UInt(bitPattern: id) >> 3) & (recentPlaces.count &- 1)
        if recentPlaces[recent].type == id { return recentPlaces[recent].place }
        let place = findPlace(of: record)
        recentPlaces[recent] = (id, place)
        return place
    }
    @inline(never)
    private mutating func findPlace(of record: borrowing Record) -> Int {
        if let type = record.message {
            if let known = places[ObjectIdentifier(type)] { return known }
            places[ObjectIdentifier(type)] = counts.count
        } else {
            let name = record.name
            if let known = counts.firstIndex(where: { $0.name == name }) { return known }
        }
        counts.append((record.name, Count()))
        return counts.count - 1
    }
    @inline(__always)
    private static func add(_ record: borrowing Record, _ count: inout Count) {
        count.records &+= 1
        count.bytes &+= record.length
        if record.isFromClient { count.fromClient &+= 1 }
        count.sizes.add(record.length)
    }
    /// Adds what was counted of other connections of the same capture, whose lanes are not those of these.
    public mutating func add(_ other: RecordStatistics) {
        malformed.add(other.malformed)
        for (name, messages, bytes) in other.protocols { addToProtocol(name, messages, bytes) }
        notes.merge(other.notes, uniquingKeysWith: &+)
        series.add(other.series)
        for i in lanes.indices { lanes[i].peers.add(other.lanes[i].peers) }
        for (name, count) in other.counts {
            if let known = counts.firstIndex(where: { $0.name == name }) {
                counts[known].count.add(count)
            } else {
                counts.append((name, count))
            }
        }
    }
    /// Ends with what they said and heard, all lanes together.
    var peers: PeerCounts {
        var all = PeerCounts()
        for lane in lanes { all.add(lane.peers) }
        return all
    }
    /// Names with their counts, in the order of the alphabet.
    var sorted: [(name: String, count: Count)] { counts.sorted { $0.name < $1.name } }
    func count(_ severity: Severity) -> Int { notes[severity] ?? 0 }
}

extension RecordStatistics.Count {
    mutating func add(_ other: Self) {
        records &+= other.records
        bytes &+= other.bytes
        fromClient &+= other.fromClient
        sizes.add(other.sizes)
        intervals.add(other.intervals)
    }
}
