import Node
import Testing
import Wire

@testable import PeerPigeon

/// The hub stays up after each input of a client, and answers the next ping.
struct BadInputTests {
    static let texts: [(name: String, text: String)] = [
        ("deep list", String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)),
        ("deep object", String(repeating: #"{"a":"#, count: 100_000) + "1" + String(repeating: "}", count: 100_000)),
        (
            "deep data",
            #"{"type":"announce","data":"# + String(repeating: "[", count: 100_000)
                + String(repeating: "]", count: 100_000) + "}"
        ),
        ("lone surrogates", #"{"type":"announce","data":{"a":"\ud800","\udfff":"\ud83d"},"networkName":"\ud800"}"#),
        (
            "huge numbers",
            #"{"type":"announce","data":{"a":1e999999,"b":-99999999999999999999999999999},"maxPeers":1e-9}"#
        ),
        ("number as network", #"{"type":"announce","networkName":123456789012345678901234567890}"#),
        ("object as target", #"{"type":"offer","targetPeerId":{"a":[1]},"data":{}}"#),
        ("list as sender", #"{"type":"offer","targetPeerId":"$B","fromPeerId":[[]],"timestamp":"x"}"#),
        ("discovery of a client", #"{"type":"peer-discovered","networkName":"global","data":{"peerId":"$B"}}"#),
        ("many members", #"{"type":"announce","data":{"# + many { #""\#($0)":0"# } + "}}"),
        ("text as data", #"{"type":"announce","data":""# + String(repeating: "x", count: 500_000) + #""}"#),
        ("a long name", #"{"type":"announce","networkName":""# + String(repeating: "x", count: 500_000) + #""}"#),
        ("half a message", #"{"type":"announce","da"#), ("nothing", ""), ("zero", "\0"),
        ("a byte order mark", "\u{feff}{}"),
    ]
    private static func many(_ member: (Int) -> String) -> String {
        (0..<50_000).map(member).joined(separator: ",")
    }

    @Test(arguments: ["robust", "v1.1.3"], texts.indices) func hubStaysUp(_ profile: String, _ i: Int) throws {
        var hub = try TestHub(profile)
        hub.join("A", "B")
        hub.say("A", Self.texts[i].text)
        #expect(hub.closed.isEmpty, "\(Self.texts[i].name)")
        let (a, b) = (hub.answers("A"), hub.answers("B"))
        #expect(a && b, "\(Self.texts[i].name)")
    }
    @Test func bytesThatAreNoText() throws {
        var hub = try TestHub()
        hub.join("A")
        hub.say("A", bytes: [UInt8](repeating: 0xff, count: 100))
        hub.say("A", bytes: Array(#"{"type":"ping","a":""#.utf8) + [0xc0, 0x80] + Array(#""}"#.utf8))
        #expect(hub.told["A"] == nil)
        let isHeard = hub.answers("A")
        #expect(isHeard)
    }
    /// The last of several members with one name counts.
    @Test func duplicateKeys() throws {
        var hub = try TestHub()
        hub.join("A", "B")
        hub.say("A", #"{"type":"ping","type":"pong"}"#)
        #expect(hub.types("A") == ["error"])
        hub.say("A", #"{"type":"announce","data":{"isHub":true,"isHub":false,"k":1,"k":2}}"#)
        #expect(hub.said("B", "peer-discovered", "data", "k") == .uint(2))
        #expect(hub.node.hubs.count == 1)
    }
    @Test(arguments: [
        "", "a", String(repeating: "a", count: 39), String(repeating: "a", count: 41),
        String(repeating: "g", count: 40),
        String(repeating: "é", count: 20), String(repeating: "a", count: 40) + "%00",
        String(repeating: "a", count: 100_000),
    ]) func malformedID(_ id: String) throws {
        var hub = try TestHub()
        hub.open("A", target: "/?peerId=" + id)
        #expect(hub.closed["A"] == CloseStatus(1008, "Invalid peerId format"))
        #expect(hub.told["A"] == nil)
    }
}
