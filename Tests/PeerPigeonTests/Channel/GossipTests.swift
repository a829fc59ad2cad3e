import Node
import TestMessages
import Testing
import Wire

@testable import PeerPigeon

/// The handling of gossip (HUB-90).
struct GossipTests {
    private static func id(_ digit: Character) -> PeerID { PeerID(unchecked: String(repeating: digit, count: 40)) }
    private static let start = Instant(nanoseconds: 0)

    /// Returns a message with other values for some members. It omits members with an empty value.
    private static func message(_ other: [String: String] = [:]) throws -> GossipMessage {
        var members = [
            "id": #""00112233445566778899aabbccddeeff""#, "subtype": #""chat""#, "content": #""hi""#,
            "from": "\"\(id("b").text)\"", "networkName": #""global""#, "timestamp": "1", "ttl": "40",
            "path": "[\"\(id("b").text)\"]",
        ]
        members.merge(other) { $1 }
        let text = members.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return try GossipMessage(copying: Array("{\"type\":\"gossip\",\(text)}".utf8))
    }
    @Test func isForwarded() throws {
        var gossip = Gossip(Self.id("a"))
        let message = try Self.message()
        guard case .taken(let forward) = gossip.receive(message, Self.start) else { return #expect(Bool(false)) }
        #expect(forward.ttl?.value(in: RawSpan()) == .uint(39))
        #expect(forward.path?.value(in: RawSpan()) == .list([.text(Self.id("b").text), .text(Self.id("a").text)]))
        var same = forward
        (same.ttl, same.path) = (message.ttl, message.path)
        #expect(same == message)
    }
    @Test(arguments: [
        (["id": ""], Gossip.Drop.malformed), (["id": #""""#], .malformed), (["from": "null"], .malformed),
        (["subtype": ""], .malformed), (["content": ""], .malformed), (["networkName": #""other""#], .otherNetwork),
        (["ttl": "0"], .expired), (["ttl": "-1"], .expired), (["ttl": ""], .expired),
        (["path": #"["x","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]"#], .loop),
    ]) func isDropped(_ other: [String: String], _ why: Gossip.Drop) throws {
        var gossip = Gossip(Self.id("a"))
        #expect(gossip.receive(try Self.message(other), Self.start) == .dropped(why))
        // The message is not remembered.
        if case .taken = gossip.receive(try Self.message(), Self.start) {} else { #expect(Bool(false)) }
    }
    @Test(arguments: [
        ["content": "null"], ["networkName": ""], ["networkName": "null"], ["networkName": #""""#], ["path": ""],
        ["ttl": "1"], ["path": #"["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]"#],
    ]) func isTaken(_ other: [String: String]) throws {
        var gossip = Gossip(Self.id("a"))
        if case .taken = gossip.receive(try Self.message(other), Self.start) {} else { #expect(Bool(false)) }
    }
    /// A message is remembered for five minutes, until the next check, which happens each minute.
    @Test func isKnown() throws {
        var gossip = Gossip(Self.id("a"))
        let message = try Self.message()
        func outcome(_ seconds: Int) -> Gossip.Outcome { gossip.receive(message, Self.start + .seconds(seconds)) }
        if case .taken = outcome(0) {} else { #expect(Bool(false)) }
        #expect(outcome(0) == .dropped(.known) && outcome(299) == .dropped(.known) && outcome(300) == .dropped(.known))
        if case .taken = outcome(361) {} else { #expect(Bool(false)) }
        #expect(outcome(361) == .dropped(.known))
    }
    @Test func ownIsKnown() throws {
        var gossip = Gossip(Self.id("a"), .named("g"))
        let made = gossip.make("ff", "dm", .text("x"), to: Self.id("c"), milliseconds: 5, at: Self.start)
        #expect(
            String(decoding: made.encoded(), as: UTF8.self)
                == #"{"type":"gossip","id":"ff","subtype":"dm","content":"x","from":"\#(Self.id("a").text)","to":"\#(Self.id("c").text)","networkName":"g","timestamp":5,"ttl":40,"path":["\#(Self.id("a").text)"]}"#
        )
        #expect(gossip.receive(made, Self.start) == .dropped(.known))
        var other = Gossip(Self.id("c"), .named("g"))
        if case .taken = other.receive(made, Self.start) {} else { #expect(Bool(false)) }
    }
    /// A message passes over 40 channels.
    @Test func ends() throws {
        var message = try Self.message()
        var hops = 0
        while hops < 100 {
            var gossip = Gossip(PeerID(unchecked: "\(hops)"))
            guard case .taken(let forward) = gossip.receive(message, Self.start) else { break }
            message = forward
            hops += 1
        }
        #expect(hops == 40)
    }
}
