public import Node
internal import Wire

/// A list of the connections of a capture with both sides: their addresses, and the identities that messages prove,
/// such as a node id.
public struct Conversations: RecordSink {
    /// One connection.
    public struct Talk: Hashable, Sendable {
        /// The number of the connection, as in `Record.flow`.
        public var flow: Int
        /// The address of the side that opened it.
        public var client: Endpoint
        /// The address of the other side.
        public var server: Endpoint
        /// The identities that the opening side showed, in order.
        public var clientNames: [String] = []
        /// The identities that the other side showed, in order.
        public var serverNames: [String] = []
        /// The number of characters of these identities that a list shows.
        public var shownCount = 8
        /// The number of messages of both sides, including bytes that are not a message. Frames of layers are not
        /// messages if their contents are.
        public var messages = 0
        /// The number of frames of layers whose contents have records of their own.
        public var frames = 0
        /// The messages and frames of each protocol or layer, in the order of their first records.
        public var shares: [Share] = []
        /// The number of bytes on the wire. Content of a layer is part of the layer's bytes and does not count again.
        public var bytes = 0
        /// The time of its first record.
        public var first: Timestamp
        /// The time of its last record.
        public var last: Timestamp
    }
    /// The records of one protocol or layer of a connection.
    public struct Share: Hashable, Sendable {
        /// The name of the protocol or layer.
        public var name: String
        public var messages = 0
        public var frames = 0
    }
    /// The maximum number of connections that are kept. The records of others are counted as `omitted`.
    public static let limit = 1 << 20
    /// The maximum number of identities of one side that are kept.
    static let nameLimit = 16

    /// The connections, in the order of their first records.
    public private(set) var talks: [Talk] = []
    /// The number of records of connections that are not kept.
    public private(set) var omitted = 0
    /// The numbers of the connections with a message that names the requested peer.
    public private(set) var mentioning: Set<Int> = []
    private var places: [Int: Int] = [:]
    private let identities: PeerFields
    private let recipients: PeerFields
    private let mentions: PeerMentions?
    private let definitions: [Definition]

    /// Creates an empty list. The definitions declare the fields with identities. `mentions` finds the requested peer.
    public init(_ definitions: [Definition], mentions: PeerMentions? = nil) {
        identities = PeerFields(definitions) { $0.naming.identities }
        recipients = PeerFields(definitions) { $0.naming.recipients }
        (self.mentions, self.definitions) = (mentions, definitions)
    }
    /// Adds a record to its connection.
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
        talks[place].count(record.protocolName, isFrame: record.isMereCarrier)
        if !record.isOfOthers { talks[place].bytes &+= record.length }
        talks[place].first = min(talks[place].first, record.time)
        talks[place].last = max(talks[place].last, record.time)
        if let mentions, mentions.names(record, bytes) { mentioning.insert(record.flow) }
        note(identities, record, bytes, isOfClient: record.isFromClient, at: place)
        note(recipients, record, bytes, isOfClient: !record.isFromClient, at: place)
    }
    private mutating func note(
        _ fields: PeerFields, _ record: borrowing Record, _ bytes: RawSpan, isOfClient: Bool, at place: Int
    ) {
        _ = fields.any(record, bytes) { id, names in
            if let names { talks[place].shownCount = names.shown }
            if isOfClient {
                Self.add(id, &talks[place].clientNames)
            } else {
                Self.add(id, &talks[place].serverNames)
            }
            return false
        }
    }
    private static func add(_ name: String, _ names: inout [String]) {
        if names.count < nameLimit, !names.contains(name) { names.append(name) }
    }
    /// Returns the connections of a peer, given by an identity, in its text form or at least its first 8 digits, by an
    /// address, or by an address with a port. Returns nil for any other text.
    public func flows(of who: String) -> Set<Int>? {
        if case .address(let end, let hasPort)? = FilterLiteralReader.address(who) {
            func fits(_ e: Endpoint) -> Bool {
                e.high == end.high && e.low == end.low && (!hasPort || e.port == end.port)
            }
            return Set(talks.filter { fits($0.client) || fits($0.server) }.map(\.flow))
        }
        guard let id = PeerDigits(who, definitions) else { return nil }
        return Set(
            talks.filter { t in (t.clientNames + t.serverNames).contains { id.begins($0) } }.map(\.flow))
    }
}

extension Conversations.Talk {
    fileprivate mutating func count(_ name: String, isFrame: Bool) {
        if isFrame { frames += 1 } else { messages += 1 }
        let place = shares.firstIndex { $0.name == name } ?? shares.count
        if place == shares.count { shares.append(.init(name: name)) }
        if isFrame { shares[place].frames += 1 } else { shares[place].messages += 1 }
    }
}
