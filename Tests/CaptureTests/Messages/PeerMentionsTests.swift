import Node
import PeerPigeon
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests that follow one conversation over several hubs by the id of a peer. The expected counts are from an
/// independent decoder of the same packets.
struct PeerMentionsTests {
    private static let definitions: [Definition] = [.webSocket, .peerPigeon]
    private static let capture = PeerPigeonCaptureTests.folder + "peerpigeon-three-hubs.pcap"
    /// A sink that counts the messages that name a peer, by connection.
    private struct Named: RecordSink {
        let mentions: PeerMentions
        var counts: [Int: Int] = [:]
        mutating func note(_ note: CaptureNote) {}
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            if mentions.names(record, bytes) { counts[record.flow, default: 0] += 1 }
        }
    }
    private static func read(_ sink: inout some RecordSink) throws {
        var file = try CaptureFile(capture)
        var table = FlowTable(definitions)
        #expect(table.read(&file, &sink) == nil)
    }

    @Test(arguments: ["b1b1b1b1", "0xB1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"]) func acrossHubs(_ who: String) throws {
        let mentions = try #require(PeerMentions(who, Self.definitions))
        var talks = Conversations(Self.definitions, mentions: mentions)
        try Self.read(&talks)
        // The peer's own connections: it connected twice.
        #expect(talks.flows(of: who) == [4, 9])
        #expect(talks.talks.first { $0.flow == 4 }?.clientNames == [String(repeating: "b1", count: 20)])
        #expect(talks.talks.first { $0.flow == 4 }?.serverNames == [])
        // Connections of other peers, and of hubs with each other.
        let wanted = [1: 15, 2: 8, 3: 7, 4: 8, 5: 6, 7: 1, 9: 5, 11: 2, 12: 1, 13: 3]
        #expect(talks.mentioning == Set(wanted.keys))
        var named = Named(mentions: mentions)
        try Self.read(&named)
        #expect(named.counts == wanted)
    }
    /// A hub is found by the id that it has as a client.
    @Test func hub() throws {
        var talks = Conversations(Self.definitions)
        try Self.read(&talks)
        #expect(talks.flows(of: String(repeating: "d0", count: 20)) == [2, 12])
        #expect(talks.flows(of: "b1b1b1b1b1b1b1b2") == [] && talks.mentioning.isEmpty)
        #expect(talks.flows(of: "b1b1b1b") == nil && PeerMentions("b1b1b1b", Self.definitions) == nil)
        #expect(PeerMentions("127.0.0.1", Self.definitions) == nil)
    }
    /// All fields that name peers, or give them their id, exist.
    @Test func fieldsAreKnown() throws {
        for name in Definition.peerPigeon.naming.mentions + Definition.peerPigeon.naming.recipients {
            _ = try FieldReference(name, Self.definitions)
        }
    }
}
