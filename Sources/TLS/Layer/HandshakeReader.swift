import Wire

/// Joins the handshake messages of one side, which records cut anywhere.
struct HandshakeReader {
    private var bytes: [UInt8] = []
    private var isLost = false

    /// Bytes that it keeps.
    var memory: Int { bytes.count }

    /// Adds the content of a record.
    mutating func add(_ content: RawSpan) {
        guard !isLost else { return }
        content.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    /// The next message that is whole, with its header.
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
    /// Bytes are missing, or make no sense: nobody knows where the next message begins.
    mutating func lose() { (bytes, isLost) = ([], true) }
    /// A message begins with the next content, as after a change of keys (RFC 8446, section 5.1).
    mutating func restart() { (bytes, isLost) = ([], false) }
}
