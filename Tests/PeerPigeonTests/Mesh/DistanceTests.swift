import Testing
import Wire

@testable import PeerPigeon

/// The pure functions of the hub mesh, compared with the tables of the document (section 7).
struct DistanceTests {
    private static func id(_ front: String, _ back: String = "") -> String {
        front + String(repeating: "0", count: 40 - front.count - back.count) + back
    }
    @Test(arguments: [
        ("0", "0", 0), ("0", "f", 15), ("abcdef", "abc", 0), ("abc", "abcdef", 0), ("0g", "00", 0), ("A1", "a1", 0),
        (
            "0123456789abcdef0123456789abcdef01234567", "fedcba9876543210fedcba9876543210fedcba98", 600
        ),
        ("aabbccddeeff00112233445566778899aabbccdd", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", 288),
    ]) func digitSum(_ a: String, _ b: String, _ sum: Int) {
        #expect(Distance.digitSum(a, b) == sum && Distance.digitSum(b, a) == sum)
    }
    /// High digits have the same weight as low ones. Ids with the same distance keep their order.
    @Test func closest() {
        let target = Self.id("")
        let (a, b, c, d) = (Self.id("8"), Self.id("", "f"), Self.id("1111111"), Self.id("", "44"))
        #expect(Distance.closest(target, [a, b, c, d], most: 3) == [c, a, d])
        #expect(Distance.closest(target, [a, b, c, d], most: 2) == [c, a])
        #expect(Distance.closest(target, [d, a], most: 2) == [d, a])
        #expect(Distance.closest(target, [a, d], most: 2) == [a, d])
        #expect(Distance.closest(target, [a, b, c, d], most: 4, by: .xor) == [b, d, c, a])
        #expect(
            Distance.closest("5555", ["aaaa", "5554", "4555", "5545", "ffff"], most: 4).prefix(3) == [
                "5554", "4555", "5545",
            ])
        #expect(Distance.closest(target, [a], most: 0) == [] && Distance.closest(target, [], most: 3) == [])
        #expect(Distance.closest("", [a], most: 3) == [])
    }
    @Test(arguments: [
        ("{}", "f62"), ("[]", "b62"), (#"{"sdp":"q"}"#, "-73a88c66"), (#"{"type":"offer","sdp":"v=0"}"#, "-7cc5302c"),
        (#""abc""#, "20cb322"), (#""é""#, "9bfb"), ("5", "35"), ("null", "null"), ("0", "null"), (#""""#, "null"),
        ("false", "null"),
        (#"{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0}"#, "39d5d1f8"),
    ]) func hash(_ data: String, _ hash: String) throws {
        #expect(DataHash.of(try #require(JSON.parse(Array(data.utf8)))) == hash)
    }
    @Test func hashOfNothing() { #expect(DataHash.of(nil) == "null") }
}
