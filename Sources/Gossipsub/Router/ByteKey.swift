/// Bytes as the key of a table. An array as the key takes several times as long, because it hashes byte by byte.
struct ByteKey: Hashable, Sendable {
    let bytes: [UInt8]
    @inline(__always) init(_ bytes: [UInt8]) { self.bytes = bytes }
    func hash(into h: inout Hasher) { bytes.withUnsafeBytes { h.combine(bytes: $0) } }
}

/// The topics, with their names as keys.
struct TopicTable: Sendable {
    private var states: [ByteKey: RouterTopic] = [:]
    var count: Int { states.count }
    subscript(topic: [UInt8]) -> RouterTopic? {
        get { states[ByteKey(topic)] }
        _modify { yield &states[ByteKey(topic)] }
    }
    subscript(topic: [UInt8], default new: @autoclosure () -> RouterTopic) -> RouterTopic {
        get { states[ByteKey(topic)] ?? new() }
        _modify { yield &states[ByteKey(topic), default: new()] }
    }
    @inline(__always) func isJoined(_ topic: [UInt8]) -> Bool {
        guard let i = states.index(forKey: ByteKey(topic)) else { return false }
        return states.values[i].isJoined
    }
}
