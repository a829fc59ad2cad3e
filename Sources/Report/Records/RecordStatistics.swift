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
    /// What one end said and heard.
    struct Peer: Hashable, Sendable {
        var sent = 0
        var sentBytes = 0
        var received = 0
        var receivedBytes = 0
        var bytes: Int { sentBytes &+ receivedBytes }
    }
    /// Ends that are counted by themselves, and directions of connections of which the last message is remembered.
    /// Beyond, the quieter half of the ends is put together, and no interval is told across.
    static let peerLimit = 8192
    static let intervalLimit = 65_536

    /// Good messages, and incomplete ones under names such as `nano.incomplete`.
    public var messages: [String: Count] {
        Dictionary(uniqueKeysWithValues: counts.lazy.map { ($0.name, $0.count) })
    }
    /// Messages that their description refuses, and stretches of bytes that no header declares.
    public private(set) var malformed = Count()
    /// Bytes of good messages.
    public private(set) var explained = 0
    /// Bytes of good messages by protocol, and how many there are.
    private(set) var protocols: [String: (messages: Int, bytes: Int)] = [:]
    /// Notes by severity, those included that `decode` shows.
    public private(set) var notes: [Severity: Int] = [:]
    private(set) var series = TimeSeries()
    private(set) var peers: [Endpoint: Peer] = [:]
    /// What the ends that are not counted by themselves said; how many they were.
    private(set) var others = Peer()
    private(set) var otherPeers = 0

    private let filter: Filter?
    private var counts: [(name: String, count: Count)] = []
    private var places: [ObjectIdentifier: Int] = [:]
    private var lastTimes: [Direction: Timestamp] = [:]
    private struct Direction: Hashable {
        var flow: Int
        var place: Int
        var isFromClient: Bool
    }

    /// Nothing counted yet; records that a filter does not let pass are not.
    public init(_ filter: Filter? = nil) { self.filter = filter }

    /// Counts one record.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if let filter, !filter.matches(record, bytes) { return }
        for note in record.notes { notes[note.severity, default: 0] &+= 1 }
        if record.isRemarkable, let message = record.message {
            for note in message.dissect(bytes).notes { notes[Opened.severity(note.kind), default: 0] &+= 1 }
        }
        series.add(record.time, start: record.start, record.length)
        count(record.source, record.destination, record.length)
        if record.kind == .message {
            explained &+= record.length
            let (n, b) = protocols[record.protocolName] ?? (0, 0)
            protocols[record.protocolName] = (n &+ 1, b &+ record.length)
        }
        if record.kind == .malformed {
            Self.add(record, &malformed)
            return
        }
        let place = place(of: record)
        Self.add(record, &counts[place].count)
        let direction = Direction(flow: record.flow, place: place, isFromClient: record.isFromClient)
        if lastTimes.count >= Self.intervalLimit { lastTimes.removeAll(keepingCapacity: true) }
        if let last = lastTimes.updateValue(record.time, forKey: direction) {
            let (passed, over) = record.time.nanoseconds.subtractingReportingOverflow(last.nanoseconds)
            if !over { counts[place].count.intervals.add(Int(passed / 1000)) }
        }
    }
    private mutating func place(of record: borrowing Record) -> Int {
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
    private static func add(_ record: borrowing Record, _ count: inout Count) {
        count.records &+= 1
        count.bytes &+= record.length
        if record.isFromClient { count.fromClient &+= 1 }
        count.sizes.add(record.length)
    }
    private mutating func count(_ source: Endpoint, _ destination: Endpoint, _ length: Int) {
        peers[source, default: Peer()].sent &+= 1
        peers[source, default: Peer()].sentBytes &+= length
        peers[destination, default: Peer()].received &+= 1
        peers[destination, default: Peer()].receivedBytes &+= length
        guard peers.count > Self.peerLimit else { return }
        for (key, peer) in talkers.suffix(peers.count / 2) {
            peers[key] = nil
            otherPeers &+= 1
            others.sent &+= peer.sent
            others.sentBytes &+= peer.sentBytes
            others.received &+= peer.received
            others.receivedBytes &+= peer.receivedBytes
        }
    }
    /// Ends by bytes, most first.
    var talkers: [(key: Endpoint, value: Peer)] {
        peers.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
    }
    /// Names with their counts, in the order of the alphabet.
    var sorted: [(name: String, count: Count)] { counts.sorted { $0.name < $1.name } }
    func count(_ severity: Severity) -> Int { notes[severity] ?? 0 }
}
