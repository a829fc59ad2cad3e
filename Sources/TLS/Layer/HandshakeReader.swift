import Wire

/// A reassembler of the handshake messages of one side. Records may split them at any byte.
struct HandshakeReader {
    private var bytes: [UInt8] = []
    private var isLost = false

    /// The number of bytes that it keeps.
    var memory: Int { bytes.count }

    /// Adds the content of a record.
    mutating func add(_ content: RawSpan) {
        guard !isLost else { return }
        content.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    /// Returns the next complete message with its header.
    mutating func next() -> [UInt8]? {
        guard bytes.count >= HandshakeMessage.headerSize else { return nil }
        let count = Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
        guard count <= HandshakeMessage.bodyLimit else {
            lose()
            return nil
        }
        guard bytes.count >= HandshakeMessage.headerSize + count else { return nil }
        defer { bytes.removeFirst(HandshakeMessage.headerSize + count) }
        return Array(bytes.prefix(HandshakeMessage.headerSize + count))
    }
    /// Drops all bytes, because bytes are missing or invalid and the beginning of the next message is not known.
    mutating func lose() { (bytes, isLost) = ([], true) }
    /// Starts with a message at the next content, as after a change of keys (RFC 8446, section 5.1).
    mutating func restart() { (bytes, isLost) = ([], false) }
}
