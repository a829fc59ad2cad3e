import Wire

/// An enumeration.
struct Colours: CodePoint, TagValue {
    var rawValue: UInt64
    static let names = [CodeName(0, "none"), CodeName(1, "red"), CodeName(0xffff_ffff_ffff_ffff, "minus_one")]
}

/// A message with each encoding of a number in protobuf.
struct Numbers: Message {
    static var name: StaticString { "test.numbers" }
    static var form: Form { .protobuf }
    var small: Protobuf.SInt32?
    var wide: Protobuf.SInt64?
    var fixed: Protobuf.Fixed32?
    var fixedWide: Protobuf.Fixed64?
    var signed: Protobuf.SFixed32?
    var packed: [Int32] = []
    var signedWide: Protobuf.SFixed64?
    var ratio: Float?
    var exact: Double?
    var count: UInt32?
    var apart: [Protobuf.Fixed32] = []
    var ratios: [Double] = []
    var turns: [Protobuf.SInt64] = []
    var colour: Colours?
    var inner: Branch?
    var unknown = Unknown()

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "small", &small)
        c.tag(2, "wide", &wide)
        c.tag(3, "fixed", &fixed)
        c.tag(4, "fixed_wide", &fixedWide)
        c.tag(5, "signed", &signed)
        c.tag(6, "packed", &packed, packed: true)
        c.tag(7, "signed_wide", &signedWide)
        c.tag(8, "ratio", &ratio, as: .implicit)
        c.tag(9, "exact", &exact, as: .implicit)
        c.tag(10, "count", &count, as: .implicit)
        c.tag(11, "apart", &apart)
        c.tag(12, "ratios", &ratios, packed: true)
        c.tag(13, "turns", &turns, packed: true)
        c.tag(14, "colour", &colour)
        c.tag(15, "inner", &inner)
        c.unknown(&unknown)
    }
}
