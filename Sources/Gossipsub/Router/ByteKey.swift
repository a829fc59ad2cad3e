/// Bytes as the key of a table: an array hashes one byte after the other, which takes several times as long.
struct ByteKey: Hashable, Sendable {
    let bytes: [UInt8]
    @inline(__always) init(_ bytes: [UInt8]) { self.bytes = bytes }
    func hash(into h: inout Hasher) { bytes.withUnsafeBytes { h.combine(bytes: $0) } }
}

/// Topics by their names.
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
