public import Node
import Wire

// Writing of messages to bytes.
extension Session {
    /// Sends a message. `kind` is the opcode: 1 for text, 2 for binary; 0 means binary as well. It does nothing unless
    /// the connection is open. The caller must make sure that a text is UTF-8. If more bytes wait than `Limits.unsent`,
    /// the connection is ended instead.
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {
        if state == .open, unsent > limits.unsent { return fail(.unread, now, &turn) }
        send(bytes, kind == Opcode.text.rawValue ? .text : .binary, &turn)
    }
    /// Sends a message as one frame.
    public mutating func send(_ bytes: RawSpan, _ opcode: Opcode, _ turn: inout LayerTurn) {
        guard state == .open else { return }
        guard compresses, let parameters = agreed?.deflate else { return put(opcode, bytes, &turn) }
        if deflater == nil {
            deflater = Deflater(
                windowBits: parameters.windowBits(role),
                forgets: parameters.forgetsContext(role) && bug != .takeoverKept)
        }
        packed.removeAll(keepingCapacity: true)
        guard deflater?.deflate(bytes, into: &packed) == true else {
            // Without memory the message is sent uncompressed, which is allowed for each message.
            compresses = false
            deflater = nil
            return put(opcode, bytes, &turn)
        }
        var frame: [UInt8] = []
        swap(&frame, &packed)
        put(opcode, frame.span.bytes, isCompressed: true, &turn)
        // Do not keep the memory of a large message for small ones.
        if frame.capacity <= LayerOutput.keptCapacity { swap(&frame, &packed) }
    }
    /// Sends a ping with the first 125 bytes of a payload.
    public mutating func ping(_ payload: RawSpan, _ turn: inout LayerTurn) {
        guard state == .open else { return }
        put(.ping, payload.extracting(0..<min(125, payload.byteCount)), &turn)
    }
    /// Begins the closing handshake; the code is 1000 without a status.
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        close(
            status.map { ClosePayload(CloseCode(rawValue: $0.code), $0.reason) } ?? ClosePayload(.normal), now: now,
            &turn)
    }
    /// Begins the closing handshake. If the connection is not open yet, it is closed at once.
    public mutating func close(_ payload: ClosePayload, now: Instant, _ turn: inout LayerTurn) {
        if state == .connecting { return end(&turn) }
        guard state == .open else { return }
        put(.close, payload.bytes.span.bytes, &turn)
        state = .closing
        deadline = now + limits.close
    }
    /// Appends a frame; a client masks it.
    mutating func put(_ opcode: Opcode, _ payload: RawSpan, isCompressed: Bool = false, _ turn: inout LayerTurn) {
        let key = role == .client ? newKey() : nil
        let header = FrameHeader(rsv1: isCompressed, opcode, payload: payload.byteCount, key: key)
        if let bug {
            turn.down += bug.frame(header, payload.withUnsafeBytes { [UInt8]($0) }, key: newKey())
            return
        }
        if turn.down.isEmpty { turn.down.reserveCapacity(payload.byteCount + FrameHeader.largest) }
        header.encode(appendingTo: &turn.down)
        if let key { Mask.append(payload, key, to: &turn.down) } else { turn.down.append(payload) }
    }
    private mutating func newKey() -> Fixed<4> {
        let word = UInt32(truncatingIfNeeded: random.next())
        return Fixed<4>([
            UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8),
            UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 24),
        ])
    }
}
