public import Node
public import Wire

/// Bytes of one direction of a link in, messages out.
public struct Deframer: Sendable {
    /// Finds the messages.
    public var framing: any Framing
    /// The beginning of a message.
    public private(set) var buffer: [UInt8] = []
    /// Bytes of `buffer` that were handed out.
    private var start = 0
    /// Bytes that the message in `buffer` lacks at least.
    private var missing = 0
    /// The stream made no sense any more: what comes now is bytes.
    var isBroken = false
    /// Each call brings a datagram, which holds whole messages: nothing waits for the next one.
    let isDatagrams: Bool

    /// For a stream, or for datagrams.
    public init(_ framing: any Framing, isDatagrams: Bool = false) {
        self.framing = framing
        self.isDatagrams = isDatagrams
    }
    /// Whether the end now would be in the middle of a message.
    var isInside: Bool { !buffer.isEmpty && !isBroken }

    /// The message of a stream that has begun and is not whole: its type, if its header is there, its announced length,
    /// and the bytes received so far.
    var unfinished: (type: (any Message.Type)?, had: [UInt8], length: Int)? {
        guard isInside, missing > 0 else { return nil }
        let had = Array(buffer[start...])
        var framing = framing
        var bytes = had
        var more = missing
        // Only the number of missing bytes matters.
        for _ in 0..<8 where bytes.count + more <= StreamLimits.message {
            bytes += [UInt8](repeating: 0, count: more)
            switch framing.next(bytes.span.bytes) {
            case .message(let type, let length): return (type, had, length)
            case .needMore(let further): more = max(1, further)
            case .refused: return (nil, had, had.count + missing)
            }
        }
        return (nil, had, had.count + missing)
    }
    /// A message, or bytes that are none.
    public struct Piece: Sendable {
        /// Nil for bytes that are no message.
        public var type: (any Message.Type)?
        /// The whole message.
        public var bytes: [UInt8]
        var problem: WireError?
    }
    /// What faults hit one by one: the messages of a stream, or a datagram as a whole.
    mutating func units(
        _ bytes: [UInt8], _ rules: DatagramRules?
    ) -> [(bytes: [UInt8], message: String?, part: String?)] {
        guard isDatagrams else { return take(bytes).map { ($0.bytes, $0.type?.name.description, nil) } }
        let own = message(bytes).type
        return [(bytes, (rules?.message(bytes.span.bytes) ?? own)?.name.description, own?.name.description)]
    }
    /// Adds bytes of a stream, or a datagram, which has nothing to do with others; returns what they completed.
    mutating func receive(_ bytes: [UInt8]) -> [Piece] {
        var out = take(bytes)
        guard isDatagrams else { return out }
        if bytes.isEmpty { out.append(Piece(bytes: [])) }
        if !buffer.isEmpty {
            let had = UInt64(buffer.count)
            let problem = WireError(reason: .truncated, path: "", offset: 0, wanted: had &+ UInt64(missing), had: had)
            out.append(Piece(bytes: buffer, problem: problem))
        }
        // The next one has nothing to do with this one.
        restart()
        isBroken = false
        return out
    }
    /// Begins again with these bytes, which may be the beginning of a message.
    public mutating func restart(with bytes: [UInt8] = []) { (buffer, start, missing) = (bytes, 0, 0) }
    /// Adds bytes of a stream; returns the messages that are whole with them. After bytes that are none, all is bytes.
    public mutating func take(_ bytes: [UInt8]) -> [Piece] {
        add(bytes)
        var out: [Piece] = []
        while let piece = next() { out.append(piece) }
        return out
    }
    /// Adds bytes of a stream, of which `next` gives the messages.
    mutating func add(_ bytes: [UInt8]) {
        missing -= bytes.count
        buffer += bytes
    }
    /// The next whole message, or bytes that are none; nil when more are needed.
    mutating func next() -> Piece? {
        guard start < buffer.count else {
            restart()
            return nil
        }
        if isBroken { return rest(nil) }
        // Not looked at again before it may be whole.
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
    /// All that is there, which is no message.
    private mutating func rest(_ problem: WireError?) -> Piece {
        isBroken = true
        let piece = Piece(bytes: Array(buffer[start...]), problem: problem)
        restart()
        return piece
    }
    /// A message that a layer below gives whole, which may be empty, and of which that says the kind; or a datagram.
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
    /// Takes away what is left.
    mutating func takeRest() -> [UInt8] {
        defer { restart() }
        return Array(buffer[start...])
    }
    /// What waited for the other side may go on.
    mutating func askAgain() { missing = 0 }
}

extension Deframer {
    /// The message that is not whole, for people: `136 bytes of a nano.telemetry_ack that announces 202 (0x5242...)`.
    var unfinishedText: String? {
        guard let u = unfinished else { return nil }
        let name = u.type.map { "a \($0.name)" } ?? "a message"
        let announced = u.type == nil ? "needs \(u.length) or more" : "announces \(u.length)"
        let head = u.had.prefix(8)
        let bytes = u.had.count == 1 ? "1 byte" : "\(u.had.count) bytes"
        return "\(bytes) of \(name) that \(announced) (0x\(Array(head).hex)\(u.had.count > 8 ? "..." : ""))"
    }
}
