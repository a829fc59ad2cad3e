import Testing
import Wire

/// Constants and checks of each kind of field.
private struct Checked: Message {
    static let name: StaticString = "test.checked"
    var magic: UInt16 = 0x5aa5
    var version: UInt8 = 1
    var key = Fixed<2>(repeating: 7)
    var colour = Colour(rawValue: 0x5241)
    var other = Colour(rawValue: 0x5243)
    var digit: UInt8 = 0
    var wide: UInt8 = 0
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("magic", &magic, 0x5aa5)
        c.constant("version", &version, 1)
        c.constant("key", &key, Fixed(repeating: 7))
        c.constant("colour", &colour, Colour(rawValue: 0x5241))
        c.field("other", &other)
        c.require("other", other.rawValue == 0x5243, other.number)
        c.field("digit", &digit)
        c.require("digit", digit < 10, UInt64(digit))
        c.field("wide", &wide, .varint)
    }
}
/// Returns the error after a change of one byte.
private func refused(_ at: Int, _ byte: UInt8) -> String {
    var bytes = Checked().encoded()
    bytes[at] = byte
    return Checked.refused(bytes)
}

@Test func illegalValuesSayWhatWasWanted() {
    #expect(Checked.refused(Checked().encoded()) == "accepted")
    #expect(refused(0, 0) == "magic at 0: wants 0x5aa5, has 0x00a5")
    #expect(refused(2, 2) == "version at 2: wants 1, has 2")
    #expect(refused(2, 0x1c) == "version at 2: wants 0x01, has 0x1c")
    #expect(refused(3, 8) == "key at 3: wants 0x0707, has 0x0807")
    #expect(refused(6, 0x43) == "colour at 5: wants dev 0x5241, has live 0x5243")
    #expect(refused(6, 0) == "colour at 5: wants dev 0x5241, has 0x5200")
    // The value that a check requires is unknown. The error of a value without a name lists the names. The error of a
    // value with a name only says that it is illegal.
    #expect(refused(8, 0) == "other at 7: wants dev 0x5241 or live 0x5243, has 0x5200")
    #expect(refused(8, 0x41) == "other at 7: illegal value 21057")
    #expect(refused(9, 10) == "digit at 9: illegal value 10")
    #expect(
        Checked.refused(Checked().encoded().dropLast() + [0x80, 2])
            == "wide at 10: wants an integer of 8 bits, has 256")
    let error = Checked.check([0, 0])
    #expect(error?.wanted == 0x5aa5 && error?.had == 0 && error?.legal == LegalValue(wanted: "0x5aa5", had: "0x0000"))
}

@Test func illegalMembersAndTagsSayWhatWasWanted() {
    #expect(Offer.refused(Array(#"{"type":"x y"}"#.utf8)) == "type at 8: wants offer, has \"x y\"")
    #expect(Offer.refused(Array(#"{"type":null}"#.utf8)) == "type at 8: wants offer, has null")
    #expect(RPC.refused([3]) == "tag at 0: wants a field number from 1 to 536870911, has 0")
    #expect(RPC.refused([0x7f]) == "tag at 0: wants wire type 0, 1, 2, 3 or 5, has 7")
}
