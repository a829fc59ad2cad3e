public import Capture
internal import Text
internal import Wire

/// The messages of a capture with the text of their fields, for a comparison with another capture.
public struct CaptureOutline: RecordSink {
    /// The maximum number of messages; further ones are counted as `omitted`.
    public static let limit = 20_000
    /// The maximum number of bytes of their names and values.
    static let byteLimit = 256 << 20

    /// One message.
    public struct Entry: Sendable {
        /// The number in the capture.
        public var number: Int
        /// The name, such as `nano.keepalive`.
        public var name: String
        public var length: Int
        /// The paths and values in their order.
        var fields: [(path: String, value: String)]
        /// A number that is equal for messages with equal names and fields.
        var digest: Int
    }
    /// The messages in the order of the capture.
    public private(set) var messages: [Entry] = []
    /// The number of messages beyond the limits.
    public private(set) var omitted = 0
    /// The indices of the messages of each direction of a connection. A connection has two elements, the client's
    /// first. Connections are numbered in the order of their first messages.
    private var streams: [[Int]] = []
    private var connections: [Int: Int] = [:]
    private var bytes = 0
    private let filter: Filter?
    private let only: Int?
    private let ignored: [String]
    private let random: RandomFields
    private let showsLayers: Bool

    /// Makes an outline of the records that pass a filter, or of one record by its number. It omits the `ignored`
    /// fields with everything below them (`peers.port` for each element, `peers[0]` for one), and fields that are
    /// `random`. The units of layers are included if `showsLayers` is true.
    public init(
        _ filter: Filter?, only: Int?, ignoring ignored: [String], random: RandomFields = RandomFields(),
        showsLayers: Bool = true
    ) {
        (self.filter, self.only, self.ignored) = (filter, only, ignored)
        (self.random, self.showsLayers) = (random, showsLayers)
    }
    /// The number of connections with messages.
    var connectionCount: Int { streams.count / 2 }
    /// Returns the messages of one direction of a connection, in their order.
    func messages(of connection: Int, fromClient isFromClient: Bool) -> [Entry] {
        streams[2 * connection + (isFromClient ? 0 : 1)].map { messages[$0] }
    }
    /// Returns the digests of all messages of a connection.
    func digests(of connection: Int) -> Set<Int> {
        Set((streams[2 * connection] + streams[2 * connection + 1]).map { messages[$0].digest })
    }
    /// Returns the name of the first message of a connection.
    func beginning(of connection: Int) -> String {
        let first = [streams[2 * connection].first, streams[2 * connection + 1].first].compactMap(\.self).min()
        return first.map { messages[$0].name } ?? ""
    }
    /// True if the outline is of a single message.
    var isSingle: Bool { only != nil }
    /// True if further records are needed. It is false only after the requested message was recorded.
    public var isOpen: Bool { only == nil || messages.isEmpty }
    /// True if the filter tests which message answers which.
    public var wantsAnswers: Bool { filter?.testsAnswers ?? false }
    /// Adds a record.
    public mutating func record(_ record: borrowing Record, _ data: RawSpan) {
        if let only, record.number != only { return }
        if only == nil, record.isMereCarrier, !showsLayers { return }
        if let filter, !filter.matches(record, data) { return }
        guard messages.count < Self.limit, bytes < Self.byteLimit else { return omitted += 1 }
        let opened = DissectedRecord(record, data)
        var fields: [(path: String, value: String)] = []
        if let dissection = opened.dissection {
            var known = RandomFields.Places(random, in: record.name)
            for (i, node) in dissection.nodes.enumerated() where node.shape == .leaf && !node.isComputed {
                let path = dissection.path(of: i)
                let value = FieldText.whole(dissection.value(of: i, in: data))
                guard !isIgnored(path), !known.isRandom(path, value) else { continue }
                fields.append((path, value))
            }
            if let error = dissection.error { fields.append(("stopped", error.description)) }
        } else {
            fields.append(("bytes", data.withUnsafeBytes { [UInt8]($0) }.hex))
        }
        bytes &+= fields.reduce(0) { $0 &+ $1.path.utf8.count &+ $1.value.utf8.count &+ 64 }
        let connection = connections[record.flow] ?? connections.count
        if connection == connectionCount { streams += [[], []] }
        connections[record.flow] = connection
        streams[2 * connection + (record.isFromClient ? 0 : 1)].append(messages.count)
        var hasher = Hasher()
        hasher.combine(record.name)
        for (path, value) in fields {
            hasher.combine(path)
            hasher.combine(value)
        }
        messages.append(
            Entry(
                number: record.number, name: record.name, length: record.length, fields: fields,
                digest: hasher.finalize()))
    }
    private func isIgnored(_ path: String) -> Bool {
        guard !ignored.isEmpty else { return false }
        let bare = path.withoutIndices
        return ignored.contains { name in
            [path, bare].contains { $0 == name || $0.hasPrefix(name + ".") || $0.hasPrefix(name + "[") }
        }
    }
}
