public import Node
internal import Wire

/// Who speaks in which connections of a capture: addresses, and identities that messages prove, such as a node id.
public struct Conversations: RecordSink {
    /// One connection.
    public struct Talk: Hashable, Sendable {
        /// As in `Record.flow`.
        public var flow: Int
        /// Who opened it.
        public var client: Endpoint
        /// The other side.
        public var server: Endpoint
        /// Identities that the opening side showed, in their order.
        public var clientNames: [String] = []
        /// Those of the other side.
        public var serverNames: [String] = []
        /// Messages of both, and bytes that are none.
        public var records = 0
        public var bytes = 0
        /// When the first was captured, and the last.
        public var first: Timestamp
        /// When the last was captured.
        public var last: Timestamp
    }
    /// Connections that are remembered; further ones are counted as `omitted`.
    public static let limit = 1 << 20
    /// Identities of one side that are remembered.
    static let nameLimit = 16

    /// In the order in which they first spoke.
    public private(set) var talks: [Talk] = []
    /// Records of connections that are not remembered.
    public private(set) var omitted = 0
    /// Connections in which a message names the peer that was asked for.
    public private(set) var mentioning: Set<Int> = []
    private var places: [Int: Int] = [:]
    private let identities: [FieldReference]
    private let recipients: [FieldReference]
    private let mentions: PeerMentions?

    /// Nothing seen yet; what tells an identity is said by the definitions. `mentions`: of the peer that is asked for.
    public init(_ definitions: [Definition], mentions: PeerMentions? = nil) {
        identities = FieldReference.known(definitions.flatMap(\.identities), definitions)
        recipients = FieldReference.known(definitions.flatMap(\.recipients), definitions)
        self.mentions = mentions
    }
    /// Notes who speaks.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        let place: Int
        if let known = places[record.flow] {
            place = known
        } else {
            guard talks.count < Self.limit else { return omitted += 1 }
            place = talks.count
            places[record.flow] = place
            let isClient = record.isFromClient
            talks.append(
                Talk(
                    flow: record.flow, client: isClient ? record.source : record.destination,
                    server: isClient ? record.destination : record.source, first: record.time, last: record.time))
        }
        talks[place].records += 1
        talks[place].bytes &+= record.length
        talks[place].first = min(talks[place].first, record.time)
        talks[place].last = max(talks[place].last, record.time)
        if let mentions, mentions.names(record, bytes) { mentioning.insert(record.flow) }
        note(identities, record, bytes, isOfClient: record.isFromClient, place)
        note(recipients, record, bytes, isOfClient: !record.isFromClient, place)
    }
    private mutating func note(
        _ fields: [FieldReference], _ record: borrowing Record, _ bytes: RawSpan, isOfClient: Bool, _ place: Int
    ) {
        guard let type = record.message, fields.contains(where: { $0.isOf(type) }) else { return }
        let opened = DissectedRecord(record, bytes)
        for field in fields where field.isOf(type) {
            for value in field.values(record, opened, bytes) {
                guard let id = value.peerID else { continue }
                if isOfClient {
                    Self.add(id, &talks[place].clientNames)
                } else {
                    Self.add(id, &talks[place].serverNames)
                }
            }
        }
    }
    private static func add(_ name: String, _ names: inout [String]) {
        if names.count < nameLimit, !names.contains(name) { names.append(name) }
    }
    /// The connections in which one takes part: an identity or at least 8 digits of its beginning, an address, or an
    /// address with a port. Nil for text that is none of these.
    public func flows(of who: String) -> Set<Int>? {
        if case .address(let end, let hasPort)? = FilterLiteralReader.address(who) {
            func fits(_ e: Endpoint) -> Bool {
                e.high == end.high && e.low == end.low && (!hasPort || e.port == end.port)
            }
            return Set(talks.filter { fits($0.client) || fits($0.server) }.map(\.flow))
        }
        guard let id = PeerDigits(who) else { return nil }
        return Set(
            talks.filter { t in (t.clientNames + t.serverNames).contains { id.begins($0) } }.map(\.flow))
    }
}
