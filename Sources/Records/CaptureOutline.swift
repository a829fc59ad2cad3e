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
    }
    /// The messages in the order of the capture.
    public private(set) var messages: [Entry] = []
    /// The number of messages beyond the limits.
    public private(set) var omitted = 0
    /// The indices of the messages of each direction of a connection. A connection has two keys, the client's first.
    /// Connections are numbered in the order of their first messages.
    private(set) var streams: [Int: [Int]] = [:]
    private var connections: [Int: Int] = [:]
    private var bytes = 0
    private let filter: Filter?
    private let only: Int?
    private let ignored: [String]

    /// Makes an outline of the records that pass a filter, or of one record by its number. It omits the `ignored`
    /// fields with everything below them (`peers.port` for each element, `peers[0]` for one).
    public init(_ filter: Filter?, only: Int?, ignoring ignored: [String]) {
        self.filter = filter
        self.only = only
        self.ignored = ignored
    }
    /// True if the outline is of a single message.
    var isSingle: Bool { only != nil }
    /// True if further records are needed. It is false only after the requested message was recorded.
    public var isOpen: Bool { only == nil || messages.isEmpty }
    /// Adds a record.
    public mutating func record(_ record: borrowing Record, _ data: RawSpan) {
        if let only, record.number != only { return }
        if let filter, !filter.matches(record, data) { return }
        guard messages.count < Self.limit, bytes < Self.byteLimit else { return omitted += 1 }
        let opened = DissectedRecord(record, data)
        var fields: [(path: String, value: String)] = []
        if let dissection = opened.dissection {
            for (i, node) in dissection.nodes.enumerated() where node.shape == .leaf {
                let path = dissection.path(of: i)
                guard !isIgnored(path) else { continue }
                fields.append((path, FieldText.whole(dissection.value(of: i, in: data))))
            }
            if let error = dissection.error { fields.append(("stopped", error.description)) }
        } else {
            fields.append(("bytes", data.withUnsafeBytes { [UInt8]($0) }.hex))
        }
        bytes &+= fields.reduce(0) { $0 &+ $1.path.utf8.count &+ $1.value.utf8.count &+ 64 }
        let connection = connections[record.flow] ?? connections.count
        connections[record.flow] = connection
        // Two single messages are compared as one stream, regardless of their connections.
        let stream = only == nil ? 2 * connection + (record.isFromClient ? 0 : 1) : 0
        streams[stream, default: []].append(messages.count)
        messages.append(Entry(number: record.number, name: record.name, length: record.length, fields: fields))
    }
    private func isIgnored(_ path: String) -> Bool {
        guard !ignored.isEmpty else { return false }
        var bare = ""
        var isIndex = false
        for c in path {
            if c == "[" { isIndex = true }
            if !isIndex { bare.append(c) }
            if c == "]" { isIndex = false }
        }
        return ignored.contains { name in
            [path, bare].contains { $0 == name || $0.hasPrefix(name + ".") || $0.hasPrefix(name + "[") }
        }
    }
}
