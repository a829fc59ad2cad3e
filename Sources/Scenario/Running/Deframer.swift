public import Node
public import Wire

/// Bytes of one direction of a link in, messages out.
public struct Deframer: Sendable {
    /// Finds the messages.
    public var framing: any Framing
    /// The beginning of a message.
    public private(set) var buffer: [UInt8] = []
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

    /// A message, or bytes that are none.
    public struct Piece: Sendable {
        /// Nil for bytes that are no message.
        public var type: (any Message.Type)?
        /// The whole message.
        public var bytes: [UInt8]
        var problem: WireError?
        /// Put together from several datagrams: its bytes did not come like this.
        var isReassembled = false
    }
    /// What faults hit one by one: the messages of a stream, or a datagram as a whole.
    mutating func units(_ bytes: [UInt8], at time: Instant) -> [(bytes: [UInt8], message: String?, part: String?)] {
        let (part, message, pieces) = receive(bytes, at: time)
        guard isDatagrams else { return pieces.map { ($0.bytes, $0.type?.name.description, nil) } }
        let only = pieces.count == 1 ? pieces[0].type : nil
        return [(bytes, (message ?? only)?.name.description, part?.name.description)]
    }
    /// Adds bytes of a stream, or a datagram; returns what they completed, and of a datagram what it is by itself and
    /// the message that it is a part of.
    mutating func receive(
        _ bytes: [UInt8], at time: Instant
    ) -> (part: (any Message.Type)?, message: (any Message.Type)?, pieces: [Piece]) {
        guard isDatagrams else { return (nil, nil, take(bytes)) }
        guard let c = framing.datagram(bytes.span.bytes, at: time) else { return (nil, nil, alone(bytes)) }
        var out = c.whole.map { Piece(type: $0.type, bytes: $0.bytes, isReassembled: $0.isReassembled) }
        if let problem = c.problem { out.append(Piece(bytes: bytes, problem: problem)) }
        return (c.part, c.message, out)
    }
    /// A datagram that has nothing to do with others.
    private mutating func alone(_ bytes: [UInt8]) -> [Piece] {
        var out = take(bytes)
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
    public mutating func restart(with bytes: [UInt8] = []) { (buffer, missing) = (bytes, 0) }
    /// Adds bytes of a stream; returns the messages that are whole with them. After bytes that are none, all is bytes.
    public mutating func take(_ bytes: [UInt8]) -> [Piece] {
        if isBroken { return [Piece(bytes: bytes)] }
        missing -= bytes.count
        buffer += bytes
        // Not looked at again before it may be whole.
        guard missing <= 0 else { return [] }
        missing = 0
        var all: [UInt8] = []
        swap(&all, &buffer)
        var out: [Piece] = []
        var start = 0
        while start < all.count, !isBroken {
            switch framing.next(all.span.bytes.extracting(start..<all.count)) {
            case .message(let type, let length) where length > 0 && length <= all.count - start:
                out.append(Piece(type: type, bytes: Array(all[start..<start + length])))
                start += length
            case .needMore(let more) where more <= StreamLimits.message - (all.count - start):
                missing = max(1, more)
                buffer = Array(all[start...])
                return out
            case .refused(let error):
                out.append(Piece(bytes: Array(all[start...]), problem: error))
                isBroken = true
            default:
                out.append(Piece(bytes: Array(all[start...])))
                isBroken = true
            }
        }
        return out
    }
}
