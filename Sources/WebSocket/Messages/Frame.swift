public import Wire

/// A frame (RFC 6455, section 5.2): a message or a part of one, or a control frame. Bits and lengths are accepted
/// unchanged, except a length of 2^63 or more. `Session` judges the state of the connection.
@frozen public struct Frame: Message {
    public static var name: StaticString { "websocket.frame" }
    public static var summary: MessageSummary {
        [
            .first([
                [.equal("opcode", "close", ["close", .maybe(" ", .number("code"), .maybe(" ", .name("reason")))])],
                [.value("opcode"), " ", .size("payload")], [.value("opcode"), ", empty"],
            ]), .maybe(.unless("fin", [", more follows"])), .maybe(.when("rsv1", [", compressed"])),
            .maybe(.when("mask", [", masked"])),
        ]
    }
    /// The header. Its fields are fields of the frame.
    public var header = FrameHeader()
    /// The unmasked payload. It is masked on the wire if there is a masking key.
    public var payload = Bytes()

    @inlinable @inline(__always) public init() {}
    /// Creates a frame with a whole message, or a control frame.
    public init(_ opcode: Opcode, _ payload: [UInt8], key: Fixed<4>? = nil) {
        header.opcode = opcode
        header.maskingKey = key
        self.payload = Bytes(payload)
    }
    /// The three forms of the length, and a Close frame.
    public static var variants: [Self] {
        FrameHeader.variants.map {
            var frame = Self()
            frame.header = $0
            return frame
        } + [Self(.close, ClosePayload(.normal, "bye").bytes)]
    }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, payload: payload.count)
        if C.reads, header.opcode == .close { readCode(&c) }
        c.bytes(
            "payload", &payload, count: Int(clamping: header.payloadCount), by: header.claiming,
            maskedBy: header.maskingKey)
        if header.opcode == .close { codeClose(&c) }
    }
    /// Shows the code of a Close frame, which is a part of the payload. It is before the payload, so that a list has
    /// room for it.
    @usableFromInline @inline(never) @_lifetime(c: copy c)
    func readCode<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        guard header.payloadCount > 1, let first = c.peek(UInt16.self) else { return }
        let key = header.maskingKey.map { UInt16($0.bytes[0]) << 8 | UInt16($0.bytes[1]) } ?? 0
        var code = CloseCode(rawValue: 0)
        c.implied("code", &code, CloseCode(rawValue: first ^ key))
    }
    /// Codes the parts of a Close frame's payload, `code` and `reason`, which have no bytes of their own. A message that
    /// is built from them has the payload that they make. A reader has the code already.
    @usableFromInline @inline(never) @_lifetime(c: copy c)
    mutating func codeClose<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        var code = CloseCode(rawValue: 0)
        var reason = Text()
        if C.reads {
            let count = Int(clamping: header.payloadCount)
            if count > 2 {
                c.implied("reason", &reason, last: count &- 2, maskedBy: header.maskingKey, from: 2)
            }
            return
        }
        if let own = payload.own, own.count > 1 {
            code = CloseCode(rawValue: UInt16(own[0]) << 8 | UInt16(own[1]))
            reason = Text(bytes: Bytes(Array(own[2...])))
        }
        let before = (code: code, reason: reason)
        c.implied("code", &code, before.code)
        c.implied("reason", &reason, last: 0, maskedBy: nil, from: 2)
        // A reason that is not UTF-8 is shown with other characters, which are no change.
        let isSame = reason.string(in: RawSpan()) == before.reason.string(in: RawSpan())
        if isSame { reason = before.reason }
        guard code != before.code || !isSame else { return }
        if code.rawValue == 0, before.code == code { code = .normal }
        payload = Bytes([UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)] + (reason.bytes.own ?? []))
    }
}
