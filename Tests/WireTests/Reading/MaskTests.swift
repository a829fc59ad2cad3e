import Testing
import Wire

/// RFC 6455 section 5.7: "Hello" in one frame, masked.
private let hello: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]

@Test func maskedBytesAreInTheClear() throws {
    let f = try Frame(copying: hello)
    #expect(f.payload == Bytes(Array("Hello".utf8)) && f.key?.array == [0x37, 0xfa, 0x21, 0x3d])
    #expect(f.encoded() == hello && Frame.refused(hello) == "accepted")
    let (built, errors) = Frame.encode(["key": "0x37fa213d", "payload": "0x48656c6c6f"])
    #expect(errors == [] && built == hello)
    let shown = Frame.fields(hello)
    #expect(shown["payload"] == .bytes(Array("Hello".utf8)) && shown["mask"] == 1)
    #expect(Frame.dissect(hello).node("payload")?.range == 6..<11)
    let match = try Frame.matching(.fields([.init("payload", .equal("0x48656c6c6f"))], isClosed: false), hello)
    #expect(match.isMatch)
    #expect(try !Frame.matching(.fields([.init("payload", .equal("0x7f9f4d5158"))], isClosed: false), hello).isMatch)
    #expect(Frame.dissect(hello).notes == [], "the length is that of the payload")
}

@Test func borrowedMessagesOwnWhatWasMasked() {
    let masked = hello.span.bytes
    var f = Frame()
    var isRead = f.read(borrowing: masked)
    #expect(isRead && !f.payload.isBorrowed && f.payload.own == Array("Hello".utf8))
    // Without a mask, and with a key of zeros, the reader copies nothing.
    let plain: [UInt8] = [0x81, 2, 1, 2]
    isRead = f.read(borrowing: plain.span.bytes)
    #expect(isRead && f.payload.isBorrowed)
    let zeros: [UInt8] = [0x81, 0x82, 0, 0, 0, 0, 1, 2]
    let span = zeros.span.bytes
    isRead = f.read(borrowing: span)
    let (payload, again) = (f.payload.array(in: span), f.encoded(from: span))
    #expect(isRead && f.payload.isBorrowed && payload == [1, 2] && again == zeros)
    isRead = f.read(borrowing: masked.extracting(..<10))
    #expect(!isRead)
}

@Test func maskedTextIsShownAsText() throws {
    let (bytes, _) = Bitmap.encode(["key": "0x01020304", "text": "žluť \"x\""])
    #expect(Bitmap.fields(bytes)["text"] == "žluť \"x\"")
    #expect(Array(bytes[11...]) == zip("žluť \"x\"".utf8, [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]).map { $0 ^ $1 })
    // The fast path to JSON gives the same text as the slow path.
    var json: [UInt8] = []
    var dissector = Dissector()
    json.write(room: 256) { _ = dissector.writeFields(of: Bitmap.self, bytes.span.bytes, to: &$0) }
    #expect(JSON.parse(json)?["text"] == "žluť \"x\"")
    var frame: [UInt8] = []
    frame.write(room: 256) { _ = dissector.writeFields(of: Frame.self, hello.span.bytes, to: &$0) }
    #expect(JSON.parse(frame)?["payload"] == "48656c6c6f")
}

@Test func masksOfAllLengthsAndOffsets() {
    let key = Fixed<4>([0x01, 0x82, 0x43, 0xc4] as InlineArray<4, UInt8>)
    for count in [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 100, 200] {
        for offset in 0..<9 {
            let clear = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            // The same computation byte by byte, as in RFC 6455 section 5.3.
            let wanted = clear.indices.map { clear[$0] ^ key.array[($0 + offset) % 4] }
            var bytes = clear
            var span = bytes.mutableSpan
            var raw = span.mutableBytes
            Mask.apply(key, to: &raw, from: offset)
            #expect(bytes == wanted, "\(count) bytes from \(offset)")
            var appended: [UInt8] = [1, 2, 3]
            Mask.append(clear.span.bytes, key, from: offset, to: &appended)
            #expect(appended == [1, 2, 3] + wanted)
            let copy = Mask.copy(clear.span.bytes, key)
            if offset == 0 { #expect(copy == wanted) }
        }
    }
}
