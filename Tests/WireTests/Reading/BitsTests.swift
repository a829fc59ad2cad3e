import TestMessages
import Testing
import Wire

@Test func bitsStandWhereTheRFCDrawsThem() throws {
    // RFC 6455 section 5.7: "Hello" in one frame, unmasked.
    let bytes: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
    let f = try Frame(copying: bytes)
    #expect(f.fin == 1 && f.reserved == 0 && f.opcode.rawValue == 1)
    #expect(f.mask.stored == 0 && f.length.stored == 5 && f.payload == Bytes(Array("Hello".utf8)))
    #expect(f.encoded() == bytes)
    var g = Frame()
    (g.fin, g.reserved, g.opcode) = (0, 5, Opcode(rawValue: 9))
    #expect(g.encoded() == [0x59, 0x00])
    // Each bit belongs to one field.
    for first in 0...255 as ClosedRange<UInt8> {
        let m = try? Frame(copying: [first, 0])
        #expect(m?.fin == first >> 7 && m?.reserved == first >> 4 & 7 && m?.opcode.rawValue == first & 15)
        #expect(m?.encoded() == [first, 0])
    }
    #expect(Frame.refused([0x81]) == "fin at 0: wants 2 bytes, has 1")
    #expect(Frame.extent([0x81]) == .needMore(atLeast: 1) && Frame.extent([]) == .needMore(atLeast: 2))
    #expect(Frame.refused([0x81, 5, 1]) == "payload at 2: wants 5 bytes, has 1 (length claimed by length)")
}

@Test func partsCrossBytes() throws {
    let (bytes, errors) = Bitmap.encode(["low": 0x15, "wide": 0x1555, "high": 0x2a, "all": 0x1abcdef, "text": "hi"])
    //   10101 101|01010101|01 101010     1101 0101 0111 1001 1011 1101 1|1110 1111...
    #expect(errors == [] && Array(bytes[..<7]) == [0xad, 0x55, 0x6a, 0xd5, 0xe6, 0xf7, 0x82])
    let m = try Bitmap(copying: bytes)
    #expect(m.low == 0x15 && m.wide == 0x1555 && m.high == 0x2a && m.all == 0x1abcdef && m.end.stored == 2)
    let tree = Bitmap.dissect(bytes)
    #expect(tree.node("low")?.range == 0..<1 && tree.node("wide")?.range == 0..<3 && tree.node("high")?.range == 2..<3)
    #expect(tree.node("all")?.range == 3..<7 && tree.node("end")?.range == 6..<7)
    #expect(m.byteCount() == 13 && Bitmap.refused([1, 2, 3, 4, 5, 6]) == "all at 3: wants 4 bytes, has 3")
}

@Test func derivedBitsAreComputedOverriddenAndAudited() throws {
    func lengths(_ count: Int) -> [UInt8] {
        var f = Frame()
        f.payload = Bytes([UInt8](repeating: 7, count: count))
        return Array(f.encoded().prefix(10))
    }
    #expect(lengths(125)[1] == 125 && Array(lengths(126)[1..<4]) == [126, 0, 126])
    #expect(Array(lengths(65535)[1..<4]) == [126, 0xff, 0xff])
    #expect(lengths(65536)[1...] == [127, 0, 0, 0, 0, 0, 1, 0, 0])
    // A wrong value is written unchanged, and the reader reports it.
    let (lie, errors) = Frame.encode(["length": 3, "payload": "0x0102"])
    #expect(errors == [] && lie == [0x81, 3, 1, 2])
    #expect(Frame.refused(lie) == "payload at 2: wants 3 bytes, has 2 (length claimed by length)")
    let (wide, none) = Frame.encode(["length": 126, "payload": "0x0102"])
    #expect(none == [] && wide == [0x81, 126, 0, 2, 1, 2])
    #expect(Frame.dissect(wide).notes == [Note(kind: .inconsistent, path: "length", range: 1..<2)])
    #expect(Frame.dissect([0x81, 2, 1, 2]).notes == [])
    let (mask, _) = Frame.encode(["mask": 1, "payload": "0x01020304"])
    #expect(mask == [0x81, 0x84, 1, 2, 3, 4], "a mask without its key")
    // A value that exceeds the bits is refused.
    let (_, wrong) = Frame.encode(["length": 128, "fin": 2, "opcode": 16])
    #expect(
        wrong.map(\.description) == [
            "fin: cannot be 2, wants an integer of 1 bits", "opcode: cannot be 16, wants an integer of 4 bits",
            "length: cannot be 128, wants an integer of 7 bits",
        ])
}

@Test func bitsAreDescribedMatchedAndSpoilt() throws {
    let fields = Frame.describe()
    #expect(
        fields.map(\.name) == [
            "fin", "reserved", "opcode", "mask", "length", "length_16", "length_64", "key", "payload",
        ])
    #expect(fields.prefix(5).map(\.layout) == [.bits(1), .bits(3), .bits(4), .bits(1), .bits(7)])
    #expect(fields.map(\.isDerived) == [false, false, false, true, true, true, true, false, false])
    #expect(fields[4].kind == .uint(bits: 7) && fields[2].kind == .code(bits: 4, Opcode.names))
    #expect(fields[4].byteCount == nil && fields[4].bitCount == 7 && fields[4].encoding == nil)
    let bytes: [UInt8] = [0x88, 2, 3, 232]
    #expect(Frame.fields(bytes)["opcode"] == "close" && Frame.fields(bytes)["length"] == 2)
    let good = try Frame.matching(
        .fields([.init("opcode", .equal("close")), .init("length", .equal(2))], isClosed: false), bytes)
    #expect(good.isMatch)
    let bad = try Frame.matching(.fields([.init("length", .equal(3))], isClosed: false), bytes)
    #expect(bad.mismatches.map(\.path) == ["length"])
    let spoilt = Frame.mutants(of: bytes)
    #expect(spoilt.first { $0.path == "length" && $0.change == .more }?.bytes == [0x88, 3, 3, 232])
    #expect(spoilt.first { $0.path == "mask" && $0.change == .more }?.bytes == [0x88, 0x82, 3, 232])
    #expect(!spoilt.contains { $0.path == "mask" && $0.change == .less })
    var masked = Frame()
    masked.key = Fixed(repeating: 1)
    #expect(!Frame.mutants(of: masked.encoded()).contains { $0.path == "mask" && $0.change == .more }, "one bit")
}
