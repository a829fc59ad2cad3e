import Node
import TestMessages
import Testing
import Wire

@testable import PeerPigeon

/// Messages in the form of the real hub and its clients.
struct MessageTests {
    static let id = String(repeating: "a1", count: 20)
    static let messages: [(String, String)] = [
        (
            #"{"type":"connected","data":{"peerId":"\#(id)"},"fromPeerId":"system","timestamp":1795154971842}"#,
            "connected"
        ),
        (#"{"type":"announce","networkName":"global","data":{"peerId":"\#(id)"},"maxPeers":3}"#, "announce"),
        (#"{"type":"announce","networkName":5,"data":[1,2]}"#, "announce"),
        (
            #"{"type":"peer-discovered","data":{"peerId":"\#(id)","isHub":false,"k":1},"networkName":"global","fromPeerId":"system","timestamp":1}"#,
            "peer_discovered"
        ),
        (
            #"{"type":"peer-disconnected","data":{"peerId":"\#(id)","isHub":false,"reason":"bye","timestamp":1},"fromPeerId":"system","timestamp":1,"targetPeerId":"\#(id)"}"#,
            "peer_disconnected"
        ),
        (
            #"{"type":"offer","data":{"sdp":"v=0","type":"offer"},"targetPeerId":"\#(id)","networkName":"global"}"#,
            "offer"
        ),
        (#"{"type":"answer","targetPeerId":5}"#, "answer"), (#"{"type":"ice-candidate","data":null}"#, "ice_candidate"),
        (#"{"type":"ping"}"#, "ping"),
        (
            #"{"type":"pong","data":{"timestamp":7},"fromPeerId":"system","targetPeerId":"\#(id)","timestamp":7}"#,
            "pong"
        ),
        (#"{"type":"goodbye","data":{"peerId":"\#(id)"}}"#, "goodbye"), (#"{"type":"cleanup"}"#, "cleanup"),
        (#"{"type":"error","error":"no","timestamp":1}"#, "error"),
        (
            #"{"type":"client-signal-relay","targetPeerId":"\#(id)","signalData":{"type":"offer"},"timestamp":1}"#,
            "client_signal_relay"
        ),
        (
            #"{"type":"connection-rejected","data":{"reason":"full"},"targetPeerId":"\#(id)","networkName":"g","maxPeers":3}"#,
            "connection_rejected"
        ),
        (#"{"type":"cleanup-all","targetPeerId":"\#(id)","networkName":"g"}"#, "cleanup_all"),
        (#"{"type":"gossip","id":1}"#, "gossip"), (#"{"type":"OFFER"}"#, "unrouted"), (#"{"type":null}"#, "unrouted"),
        (#"{"type":{"a":1}}"#, "unrouted"),
        (#"{}"#, "unrouted"), (#"{"type":""}"#, "unrouted"),
        // The last of two members counts.
        (#"{"type":"ping","type":"pong"}"#, "pong"),
    ]

    @Test(arguments: messages) func isFound(_ text: String, _ name: String) throws {
        var framing = MessageFraming()
        let bytes = Array(text.utf8)
        guard case .message(let type, let length) = framing.next(bytes.span.bytes) else {
            return #expect(Bool(false), "\(text) is refused")
        }
        #expect(type.name.description == "peerpigeon." + name && length == bytes.count)
    }
    /// A decoded message is written with the same members.
    @Test(arguments: messages.filter { !$0.0.contains(#"type":"ping","type"#) }) func isWritten(
        _ text: String, _ name: String
    ) throws {
        var framing = MessageFraming()
        let bytes = Array(text.utf8)
        guard case .message(let type, _) = framing.next(bytes.span.bytes) else { return }
        #expect(type.check(bytes) == nil)
        let again: [UInt8]? = type.reencode(bytes)
        let written = try #require(again)
        #expect(Self.members(written) == Self.members(bytes))
        #expect(type.dissect(bytes).error == nil)
    }
    private static func members(_ bytes: [UInt8]) -> [String: Value] {
        guard case .map(let entries)? = JSON.parse(bytes) else { return [:] }
        return Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
    }
    /// Data is unchanged in the next message, including spaces.
    @Test func dataIsVerbatim() throws {
        let data = #"{ "sdp" : "v=0\u0041" , "n" : 1e3, "é": [ ] }"#
        let offer = try Offer(copying: Array(#"{"type":"offer","data":\#(data),"targetPeerId":"x"}"#.utf8))
        let text = String(decoding: offer.encoded(), as: UTF8.self)
        #expect(text.contains(#""data":\#(data)"#), "\(text)")
    }
    @Test(arguments: ["", "{", "5", "[]", "null", #"{"type":"ping"} x"#, #"{"type":"ping"}{"type":"ping"}"#])
    func isNone(_ text: String) {
        var framing = MessageFraming()
        if case .message(let type, _) = framing.next(Array(text.utf8).span.bytes) {
            #expect(Bool(false), "\(text) is \(type.name)")
        }
    }
    /// A truncated message is refused, and nothing traps.
    @Test(arguments: messages.map(\.0)) func truncated(_ text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            var framing = MessageFraming()
            guard case .refused = framing.next(Array(bytes[..<count]).span.bytes) else {
                return #expect(Bool(false), "\(count) bytes of \(text)")
            }
        }
    }
    @Test func deepAndLong() {
        var framing = MessageFraming()
        let deep = Array((#"{"type":"ping","a":"# + String(repeating: "[", count: 100_000)).utf8)
        guard case .refused = framing.next(deep.span.bytes) else { return #expect(Bool(false)) }
        let closed = Array(
            (#"{"type":"announce","data":"# + String(repeating: "[", count: 100_000)
                + String(repeating: "]", count: 100_000) + "}").utf8)
        _ = framing.next(closed.span.bytes)
        _ = Announce.check(closed)
    }
}
