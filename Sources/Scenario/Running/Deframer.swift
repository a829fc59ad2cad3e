public import Node
public import Wire

/// A converter of the bytes of one direction of a link into messages.
public struct Deframer: Sendable {
    /// The framing that finds the messages.
    public var framing: any Framing
    /// The beginning of a message.
    public private(set) var buffer: [UInt8] = []
    /// The number of bytes of `buffer` that were returned already.
    private var start = 0
    /// The minimum number of bytes that the message in `buffer` lacks.
    private var missing = 0
    /// True if the stream became unreadable. All further bytes are returned as bytes.
    var isBroken = false
    /// True if each call brings a datagram. A datagram holds whole messages, so no part waits for the next one.
    let isDatagrams: Bool

    /// Creates a deframer for a stream or for datagrams.
    public init(_ framing: any Framing, isDatagrams: Bool = false) {
        self.framing = framing
        self.isDatagrams = isDatagrams
    }
    /// True if the stream would end in the middle of a message now.
    var isInside: Bool { !buffer.isEmpty && !isBroken }

    /// The incomplete message at the end of a stream: the bytes received so far, what its header announces, and the
    /// announced or smallest possible length.
    var unfinished: (had: [UInt8], announced: Announcement?, length: Int)? {
        guard isInside, missing > 0 else { return nil }
        let had = Array(buffer[start...])
        let announced = framing.announced(by: had.span.bytes)
        return (had, announced, announced?.length ?? had.count + missing)
    }
    /// A message, or bytes that are not a message.
    public struct Piece: Sendable {
        /// The type of the message; nil for bytes that are not a message.
        public var type: (any Message.Type)?
        /// The whole message.
        public var bytes: [UInt8]
        var problem: WireError?
    }
    /// Returns the units that faults act on: the messages of a stream, or a datagram as a whole.
    mutating func units(
        _ bytes: [UInt8], _ rules: DatagramRules?
    ) -> [(bytes: [UInt8], message: String?, part: String?)] {
        guard isDatagrams else { return take(bytes).map { ($0.bytes, $0.type?.name.description, nil) } }
        let own = message(bytes).type
        return [(bytes, (rules?.message(bytes.span.bytes) ?? own)?.name.description, own?.name.description)]
    }
    /// Adds bytes of a stream, or a datagram, which is independent of others. Returns the pieces that they complete.
    mutating func receive(_ bytes: [UInt8]) -> [Piece] {
        var out = take(bytes)
        guard isDatagrams else { return out }
        if bytes.isEmpty { out.append(Piece(bytes: [])) }
        if !buffer.isEmpty {
            let had = UInt64(buffer.count)
            let problem = WireError(reason: .truncated, path: "", offset: 0, wanted: had &+ UInt64(missing), had: had)
            out.append(Piece(bytes: buffer, problem: problem))
        }
        // The next datagram is independent of this one.
        restart()
        isBroken = false
        return out
    }
    /// Starts again with these bytes, which may be the beginning of a message.
    public mutating func restart(with bytes: [UInt8] = []) { (buffer, start, missing) = (bytes, 0, 0) }
    /// Adds bytes of a stream and returns the messages that they complete. After bytes that are not a message, all
    /// further bytes are returned as bytes.
    public mutating func take(_ bytes: [UInt8]) -> [Piece] {
        add(bytes)
        var out: [Piece] = []
        while let piece = next() { out.append(piece) }
        return out
    }
    /// Adds bytes of a stream. `next` returns the messages in them.
    mutating func add(_ bytes: [UInt8]) {
        missing -= bytes.count
        buffer += bytes
    }
    /// Returns the next whole message, or bytes that are not a message; nil if more bytes are needed.
    mutating func next() -> Piece? {
        guard start < buffer.count else {
            restart()
            return nil
        }
        if isBroken { return rest(nil) }
        // The message is not examined again before it can be complete.
        guard missing <= 0 else { return nil }
        let had = buffer.count - start
        let all = buffer
        switch framing.next(all.span.bytes.extracting(start...)) {
        case .message(let type, let length) where length > 0 && length <= had:
            defer { start += length }
            return Piece(type: type, bytes: Array(buffer[start..<start + length]))
        case .needMore(let more) where more <= StreamLimits.message - had:
            missing = max(1, more)
            buffer.removeFirst(start)
            start = 0
            return nil
        case .refused(let error): return rest(error)
        default: return rest(nil)
        }
    }
    /// Returns all remaining bytes, which are not a message.
    private mutating func rest(_ problem: WireError?) -> Piece {
        isBroken = true
        let piece = Piece(bytes: Array(buffer[start...]), problem: problem)
        restart()
        return piece
    }
    /// Returns a whole message from a layer below, which may be empty and has a kind there. It also accepts a datagram.
    mutating func message(_ bytes: [UInt8], kind: UInt8 = 0) -> Piece {
        switch framing.whole(bytes.span.bytes, kind: kind) {
        case .message(let type, let length) where length == bytes.count: Piece(type: type, bytes: bytes)
        case .refused(let error): Piece(bytes: bytes, problem: error)
        case .message(_, let length):
            Piece(
                bytes: bytes,
                problem: WireError(
                    reason: .trailing, path: "", offset: length, wanted: UInt64(length), had: UInt64(bytes.count)))
        case .needMore(let more):
            Piece(
                bytes: bytes,
                problem: WireError(
                    reason: .truncated, path: "", offset: bytes.count, wanted: UInt64(bytes.count + max(1, more)),
                    had: UInt64(bytes.count)))
        }
    }
    /// Removes and returns the remaining bytes.
    mutating func takeRest() -> [UInt8] {
        defer { restart() }
        return Array(buffer[start...])
    }
    /// Allows another attempt at a message that waited for bytes of the other side.
    mutating func askAgain() { missing = 0 }
}

extension Deframer {
    /// A description of the incomplete message for people: `136 bytes of a nano.telemetry_ack that announces 202
    /// (0x5242...)`.
    var unfinishedText: String? {
        guard let u = unfinished else { return nil }
        let message = u.announced.map { "a \($0.text)" } ?? "a message"
        let needs = u.announced?.length == nil ? " that needs \(u.length) or more" : ""
        let head = u.had.prefix(8)
        let bytes = u.had.count == 1 ? "1 byte" : "\(u.had.count) bytes"
        return "\(bytes) of \(message)\(needs) (0x\(Array(head).hex)\(u.had.count > 8 ? "..." : ""))"
    }
}
