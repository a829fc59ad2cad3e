import Testing
import Wire

@testable import WebSocket

private func inflated(_ parts: [[UInt8]], bits: Int = 15, atMost most: Int = 1 << 20) -> [UInt8]? {
    guard var inflater = Inflater(windowBits: bits) else { return nil }
    var out: [UInt8] = []
    for part in parts {
        guard inflater.inflate(part.span.bytes, into: &out, atMost: most - out.count) == nil,
            inflater.finish(into: &out, atMost: most - out.count, forgets: false) == nil
        else { return nil }
    }
    return out
}

private func deflated(_ message: [UInt8], _ deflater: inout Deflater) -> [UInt8]? {
    var out: [UInt8] = []
    return deflater.deflate(message.span.bytes, into: &out) ? out : nil
}

/// RFC 7692, section 7.2.3: one block, a shared window, a stored block, a last block, two blocks, and an empty message.
@Test func compressedExamplesOfTheRFC() throws {
    let hello = utf8("Hello")
    #expect(inflated([hex("f2 48 cd c9 c9 07 00")]) == hello)
    #expect(inflated([hex("f2 48 cd c9 c9 07 00"), hex("f2 00 11 00 00")]) == hello + hello)
    #expect(inflated([hex("00 05 00 fa ff 48 65 6c 6c 6f 00")]) == hello)
    #expect(inflated([hex("f3 48 cd c9 c9 07 00 00")]) == hello)
    #expect(inflated([hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")]) == hello)
    #expect(inflated([hex("00")]) == [])
    var deflater = try #require(Deflater(windowBits: 15, forgets: false))
    let (first, second, empty) = (
        deflated(hello, &deflater), deflated(hello, &deflater), deflated([], &deflater)
    )
    #expect(first == hex("f2 48 cd c9 c9 07 00") && second == hex("f2 00 11 00 00") && empty == hex("00"))
}

/// A last block does not reset the window.
@Test func windowBehindALastBlock() {
    #expect(inflated([hex("f3 48 cd c9 c9 07 00 00"), hex("f2 00 11 00 00")]) == utf8("HelloHello"))
}

/// Each setting compresses and inflates texts with repetitions at distances near the window, noise, and an empty text.
@Test(arguments: 8...15, [false, true])
func deflateThereAndBack(bits: Int, forgets: Bool) throws {
    var random = Seeded(UInt64(bits))
    var deflater = try #require(Deflater(windowBits: bits, forgets: forgets))
    var inflater = try #require(Inflater(windowBits: bits))
    var messages = (0..<12).map { _ in random.bytes(random.below(1500)) }
    let noise = random.bytes(1 << bits)
    messages += [[], noise + noise, Array(noise.dropLast(1)) + noise, utf8(String(repeating: "abc", count: 9999)), []]
    messages += messages
    for message in messages {
        let packed = try #require(deflated(message, &deflater))
        var out = utf8("before")
        // In pieces, as in frames.
        var at = 0
        while at < packed.count {
            let end = min(packed.count, at + 1 + random.below(700))
            let part = packed.span.bytes.extracting(at..<end)
            let failure = inflater.inflate(part, into: &out, atMost: 1 << 20)
            #expect(failure == nil)
            at = end
        }
        let failure = inflater.finish(into: &out, atMost: 1 << 20, forgets: forgets)
        #expect(failure == nil)
        #expect(out == utf8("before") + message)
    }
}

/// Data that was compressed with a larger window than agreed is refused. It is never inflated wrongly.
@Test func distanceBeyondTheWindow() throws {
    var random = Seeded(5)
    let noise = random.bytes(20_000)
    var deflater = try #require(Deflater(windowBits: 15, forgets: false))
    let packed = try #require(deflated(noise + noise, &deflater))
    #expect(inflated([packed], bits: 15) == noise + noise)
    #expect(inflated([packed], bits: 9) == nil)
}

/// 64 MiB of zeros in 64 KiB: at most the limit is inflated.
@Test func deflateBomb() throws {
    var deflater = try #require(Deflater(windowBits: 15, forgets: false))
    let packed = try #require(deflated([UInt8](repeating: 0, count: 64 << 20), &deflater))
    var inflater = try #require(Inflater(windowBits: 15))
    var out: [UInt8] = []
    let failure = inflater.inflate(packed.span.bytes, into: &out, atMost: 100_000)
    #expect(failure == .tooLong)
    #expect(out.count <= 100_000 && packed.count < 70_000)
}

@Test(arguments: ["ff ff ff ff", "07", "00 05 00 00 00"])
func noDeflate(text: String) {
    var inflater = Inflater(windowBits: 15)
    var out: [UInt8] = []
    let bytes = hex(text)
    let failure = inflater?.inflate(bytes.span.bytes, into: &out, atMost: 1000)
    #expect(failure == .malformed)
}

/// Copies continue independently.
@Test func copiesOfContexts() throws {
    var one = try #require(Deflater(windowBits: 15, forgets: false))
    var other = one
    let (first, second) = (deflated(utf8("Hello"), &one), deflated(utf8("Hello"), &other))
    let third = deflated(utf8("Hello"), &other)
    #expect(first == second && first == hex("f2 48 cd c9 c9 07 00") && third == hex("f2 00 11 00 00"))
}
