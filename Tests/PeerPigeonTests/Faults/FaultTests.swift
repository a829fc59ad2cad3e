import Node
import Testing
import WebSocket
import Wire

@testable import PeerPigeon

/// The transcripts of the real hub, above the layers, detect each seeded fault, except for faults that they cannot
/// show.
struct FaultTests {
    /// Faults of frames, of HTTP, of other hubs, or of rules that version 1.1.3 breaks.
    static let elsewhere: Set<String> = [
        "announced-id-wins", "announces-no-capabilities", "announces-no-hub", "announces-other-hubs",
        "clock-is-ahead", "close-code-not-checked", "close-is-always-normal", "close-without-reason",
        "compresses", "continuation-of-nothing-taken", "count-not-reset", "departed-peers-stay",
        "dialers-forgotten", "dials-itself", "fails-always-as1002", "failures-twice", "failures-untold",
        "foreign-sender-taken", "fragmented-control-taken", "fragments-are-messages", "ghosts-stay",
        "health-without-hub", "hostile-target-ends-all", "hub-stays", "hubs-capitalised", "hubs-count-only",
        "ignores-binary", "keeps-old-network", "key-not-checked", "limit-one-less", "limit-one-more",
        "long-control-taken", "method-not-checked", "namespace-fixed", "never-redials", "news-go-round",
        "no-cache", "no-cors", "no-middle", "no-subprotocol", "not-found", "options-without-methods",
        "peers-not-announced", "ping-unanswered", "pong-is-empty", "reason-is-constant", "redial-forgets-peers",
        "redials-at-once", "redials-for-ever", "relay-network-not-checked", "relays-back",
        "relays-once-for-ever", "relays-to-all-hubs", "remote-leaves-ignored", "reserved-bits-ignored",
        "reserved-opcode-ignored", "sender-network-not-checked", "stale-close-unregisters", "stale-counters",
        "stops-with1001", "stops-without-close", "tells-all-networks", "unhealthy", "unmasked-taken",
        "unnamed-leaves-are-global", "utf8-not-checked", "version-not-checked",
    ]

    @Test func areToldApart() throws {
        let wanted = try TranscriptTests.cases.map { ($0, try Play.transcript($0)) }
        var unseen: Set<String> = []
        for fault in Misbehaviour.allCases where !fault.name.hasPrefix("client-") {
            let isSeen = try wanted.contains { name, told in try Play(name, bug: fault.name).told != told }
            if !isSeen { unseen.insert(fault.name) }
        }
        #expect(unseen == Self.elsewhere, "\(unseen.sorted())")
    }
    /// Each fault that the hub passes to the WebSocket layer must exist there. Otherwise it would have no effect.
    @Test func webSocketLayerHasEachFaultOfTheHub() {
        let names = Set(Definition.webSocket.reference.bugs.map(\.name))
        let below = Misbehaviour.allCases.compactMap(\.below)
        #expect(below.count >= 15 && below.filter { !names.contains($0) } == [])
    }
    @Test func namesAndRequirements() {
        #expect(Misbehaviour.named.count == Misbehaviour.allCases.count)
        for bug in Misbehaviour.bugs {
            #expect(
                bug.requirements.allSatisfy { $0.hasPrefix("HUB-") && ($0.count == 6 || $0.count == 7) }, "\(bug.name)")
        }
        let layers = LayerStack.peerPigeon
        #expect(layers.resolve("/?peerId=1") == "peerpigeon")
        #expect(layers.resolve("/x?a=1&peerid= peerpigeon") == "peerpigeon")
        #expect(layers.resolve("/chat?room=1") == nil)
        #expect(layers.resolve("/peerId") == nil)
    }
}
