import Testing
import Wire

@testable import WebSocket

/// The examples of RFC 6455, section 5.7.
@Test(arguments: [
    ("81 05 48 65 6c 6c 6f", Opcode.text, "Hello", 1 as UInt8),
    ("81 85 37 fa 21 3d 7f 9f 4d 51 58", .text, "Hello", 1),
    ("01 03 48 65 6c", .text, "Hel", 0), ("80 02 6c 6f", .continuation, "lo", 1),
    ("89 05 48 65 6c 6c 6f", .ping, "Hello", 1), ("8a 85 37 fa 21 3d 7f 9f 4d 51 58", .pong, "Hello", 1),
])
func examplesOfTheRFC(text: String, opcode: Opcode, payload: String, fin: UInt8) throws {
    let bytes = hex(text)
    let frame = try Frame(copying: bytes)
    #expect(frame.header.opcode == opcode && frame.header.fin == fin && frame.payload.own == utf8(payload))
    #expect(frame.encoded() == bytes)
    for count in 0..<bytes.count { #expect(Frame.check(Array(bytes[..<count]))?.reason == .truncated) }
}

/// RFC 6455, section 5.7: 256 bytes and 64 KiB, and both sides of each border between the forms.
@Test(arguments: [
    (0, "82 00"), (125, "82 7d"), (126, "82 7e 00 7e"), (256, "82 7e 01 00"), (65535, "82 7e ff ff"),
    (65536, "82 7f 00 00 00 00 00 01 00 00"),
])
func formsOfTheLength(count: Int, header: String) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let bytes = Frame(.binary, payload).encoded()
    #expect(bytes == hex(header) + payload)
    #expect(FrameHeader(.binary, payload: count).encoded() == hex(header))
    let frame = try Frame(copying: bytes)
    #expect(frame.payload.own == payload && frame.header.isMinimal)
    #expect(Frame.dissect(bytes).notes.isEmpty)
}

/// Each part of the header can be wrong.
@Test func liesInTheHeader() {
    func bytes(_ change: (inout Frame) -> Void) -> [UInt8] {
        var frame = Frame(.text, utf8("Hi"))
        change(&frame)
        return frame.encoded()
    }
    #expect(bytes { $0.header.length.stored = 1 } == hex("81 01 48 69"))
    #expect(bytes { $0.header.length.stored = 125 } == hex("81 7d 48 69"))
    #expect(bytes { $0.header.length.stored = 126 } == hex("81 7e 00 02 48 69"))
    #expect(bytes { $0.header.length.stored = 127 } == hex("81 7f 00 00 00 00 00 00 00 02 48 69"))
    #expect(
        bytes {
            $0.header.length.stored = 126
            $0.header.length16.stored = 0xffff
        } == hex("81 7e ff ff 48 69"))
    #expect(bytes { $0.header.mask.stored = 1 } == hex("81 82 48 69"))
    #expect(
        bytes {
            $0.header.maskingKey = Fixed<4>(repeating: 1)
            $0.header.mask.stored = 0
        } == hex("81 02 01 01 01 01 49 68"))
    #expect(
        bytes {
            ($0.header.fin, $0.header.rsv1, $0.header.rsv2, $0.header.rsv3) = (0, 1, 1, 1)
            $0.header.opcode = Opcode(rawValue: 0xf)
        } == hex("7f 02 48 69"))
}

/// A longer form of the length than necessary is read, with a note.
@Test func longerFormThanNeeded() throws {
    let bytes = hex("81 7e 00 02 48 69")
    #expect(try !Frame(copying: bytes).header.isMinimal)
    #expect(Frame.dissect(bytes).notes.map(\.kind) == [.inconsistent])
}

/// RFC 6455, section 5.2: the most significant bit of a 64-bit length must be 0.
@Test func lengthOf2To63() {
    let bytes = hex("82 7f 80 00 00 00 00 00 00 00")
    let error = Frame.check(bytes)
    #expect(error?.reason == .illegal && error?.path == "length64" && error?.offset == 2)
    guard case .refused = Frame.prefix(of: bytes.span.bytes) else { return #expect(Bool(false), "not refused") }
    let most = hex("82 7f 7f ff ff ff ff ff ff ff")
    guard case .needMore = Frame.prefix(of: most.span.bytes) else { return #expect(Bool(false), "not awaited") }
}

/// Fields by name, as in a scenario. The payload appears without the mask.
@Test func framesFromFields() throws {
    let (bytes, errors) = Frame.encode([
        "opcode": "ping", "masking_key": "0x37fa213d", "payload": "0x48656c6c6f",
    ])
    #expect(errors == [] && bytes == hex("89 85 37 fa 21 3d 7f 9f 4d 51 58"))
    let fields = Frame.dissect(bytes).fields(in: bytes.span.bytes)
    #expect(fields["payload"] == .bytes(utf8("Hello")) && fields["mask"] == 1 && fields["length"] == 5)
}

/// A Close frame shows its code and its reason, with and without a mask.
@Test(
    arguments: [
        ("88 00", [:]), ("88 01 03", [:]), ("88 02 03 e8", ["code": "normal"]), ("88 02 0b b9", ["code": 3001]),
        ("88 05 03 e9 62 79 65", ["code": "going_away", "reason": "bye"]),
        ("88 89 37 fa 21 3d 34 13 66 4f f4 46 e2 a2 52", ["code": "going_away", "reason": "Grüße"]),
        ("88 03 03 e8 ff", ["code": "normal", "reason": "\u{fffd}"]), ("89 05 03 e9 62 79 65", [:]),
    ] as [(String, [String: Value])])
func partsOfACloseFrame(text: String, parts: [String: Value]) throws {
    let bytes = hex(text)
    let fields = Frame.dissect(bytes).fields(in: bytes.span.bytes)
    #expect(fields["code"] == parts["code"] && fields["reason"] == parts["reason"])
    // A frame that is built from all fields is the same.
    let again = Frame.encode(fields)
    #expect(again.errors == [] && again.bytes == bytes)
    #expect(Frame.dissect(bytes).notes.isEmpty)
}
/// A Close frame can be built from its code and its reason. Other frames have neither.
@Test func closeFrameFromItsParts() throws {
    let bye = Frame.encode(["opcode": "close", "masking_key": "0x37fa213d", "code": 1001, "reason": "Grüße"])
    #expect(bye.errors == [] && bye.bytes == hex("88 89 37 fa 21 3d 34 13 66 4f f4 46 e2 a2 52"))
    #expect(Frame.encode(["opcode": "close", "code": "normal"]).bytes == hex("88 02 03 e8"))
    #expect(Frame.encode(["opcode": "close", "reason": "a"]).bytes == hex("88 03 03 e8 61"))
    #expect(Frame.encode(["opcode": "close"]).bytes == hex("88 00"))
    #expect(Frame.encode(["opcode": "close", "payload": "0x03ff"]).bytes == hex("88 02 03 ff"))
    #expect(Frame.encode(["opcode": "text", "code": 1001]).errors.map(\.path) == ["code"])
}

/// A pattern sees the code and the reason of a received Close frame, masked or not.
@Test(arguments: ["88 06 03 e9 6f 76 65 72", "88 86 00 00 00 00 03 e9 6f 76 65 72"])
func receivedCloseMatches(text: String) throws {
    let bytes = hex(text)
    func match(_ code: Value, _ reason: Value) throws -> Bool {
        let fields: [Pattern.Field] = [.init("code", .equal(code)), .init("reason", .equal(reason))]
        return try Frame.match(.fields(fields, isClosed: false), bytes.span.bytes).isMatch
    }
    #expect(try match("going_away", "over") && match(1001, "over"))
    #expect(try !match("normal", "over") && !match("going_away", "ove"))
}

/// Each frame survives a round trip, masked or not, with each form of the length.
@Test func framesThereAndBack() throws {
    var random = Seeded(7)
    for _ in 0..<300 {
        let count = [random.below(126), 126 + random.below(500), 65_536 + random.below(9)][random.below(3)]
        var frame = Frame(Opcode(rawValue: UInt8(random.below(16))), random.bytes(count))
        if random.below(2) == 0 { frame.header.maskingKey = Fixed<4>(random.bytes(4)) }
        frame.header.fin = UInt8(random.below(2))
        frame.header.rsv1 = UInt8(random.below(2))
        let bytes = frame.encoded()
        var again = try Frame(copying: bytes)
        #expect(again.encoded() == bytes && again.payload == frame.payload)
        #expect(again.header.maskingKey == frame.header.maskingKey && again.header.opcode == frame.header.opcode)
        // The derived fields are computed again.
        again.header.length.stored = nil
        again.header.mask.stored = nil
        #expect(again.encoded() == bytes)
    }
}
