import Libp2p
import Node
import Testing
import Wire

@testable import Kademlia

/// The observer of a stream reports only the breaches that a capture shows.
struct ObserverTests {
    private static let key = Array("/pk/x".utf8)
    private static let value: [UInt8] = [1, 2, 3]

    /// Returns the requirements of the findings about messages; `none` for a finding without one.
    private func findings(_ messages: [(Opener, KadContent)]) -> [String] {
        var (findings, observer) = ([Finding](), StreamObserver())
        for (sender, content) in messages {
            let bytes = KadMessage(content).encoded()
            observer.observe(
                KadMessage.self, bytes.span.bytes, isGood: true, from: sender, at: .zero, into: &findings)
        }
        return findings.map { $0.requirement ?? "none" }
    }
    private func content(_ type: KadType, _ key: [UInt8], record: KadRecord? = nil, closer: [PeerID] = []) -> KadContent
    {
        var content = KadContent()
        (content.type, content.key, content.record) = (type, Bytes(key), record)
        content.closerPeers = closer.map { KadPeer($0, [], isConnected: false) }
        return content
    }
    private func put(_ key: [UInt8], record: [UInt8], _ value: [UInt8] = Self.value) -> KadContent {
        content(.putValue, key, record: KadRecord(key: record, value: value))
    }
    private func provider(_ peer: PeerID) -> KadContent {
        var content = content(.addProvider, Self.key)
        content.providerPeers = [KadPeer(peer, [], isConnected: false)]
        return content
    }

    /// An echo that confirms a record of another key breaks KAD-57. A refusal of it, and the echo of a good record, are
    /// no finding.
    @Test func recordsOfAnotherKey() {
        let bad = put(Self.key, record: [7])
        #expect(findings([(.us, bad), (.them, bad)]) == ["KAD-57"])
        #expect(findings([(.us, bad), (.them, content(.putValue, Self.key))]) == [])
        let good = put(Self.key, record: Self.key)
        #expect(findings([(.us, good), (.them, good)]) == [])
    }
    /// An echo with another key or another value breaks KAD-61.
    @Test func wrongEchoes() {
        let good = put(Self.key, record: Self.key)
        #expect(findings([(.us, good), (.them, put(Self.key, record: Self.key, [1, 2]))]) == ["KAD-61"])
        #expect(findings([(.us, good), (.them, put(Self.key, record: [7]))]) == ["KAD-61"])
        #expect(findings([(.us, good), (.them, put([7], record: Self.key))]) == ["KAD-61"])
        #expect(findings([(.us, good), (.them, content(.putValue, []))]) == [])
    }
    /// Another key or type in another answer is a finding without a requirement, because no document forbids it. After
    /// another type, it is unknown which request an answer belongs to.
    @Test func otherAnswers() {
        let get = content(.getValue, Self.key)
        #expect(findings([(.us, get), (.them, content(.getValue, [7]))]) == ["none"])
        let record = KadRecord(key: [7], value: Self.value)
        #expect(findings([(.us, get), (.them, content(.getValue, Self.key, record: record))]) == ["none"])
        let find = content(.findNode, Self.key)
        #expect(findings([(.us, get), (.us, find), (.them, find), (.them, content(.getValue, [7]))]) == ["none"])
        #expect(findings([(.us, find), (.them, content(.findNode, []))]) == [])
    }
    /// Closer peers may be 21 in an answer to FIND_NODE, and 20 in others, the nearest first.
    @Test func closerPeers() {
        let sorted = nearest(to: Self.key, among: 0..<22)
        for (type, most) in [(KadType.findNode, 21), (.getValue, 20), (.getProviders, 20)] {
            let request = content(type, Self.key)
            func judge(_ peers: [PeerID]) -> [String] {
                findings([(.us, request), (.them, content(type, Self.key, closer: peers))])
            }
            #expect(judge(Array(sorted.prefix(most))) == [])
            #expect(judge(Array(sorted.prefix(most + 1))) == ["KAD-30"])
            #expect(judge([sorted[1], sorted[0]]) == ["KAD-32"])
        }
        // The peer whose id is the key may be anywhere.
        let wanted = sorted[3].bytes
        let peers = nearest(to: wanted, among: 0..<22)
        let answer = content(.findNode, wanted, closer: [peers[1], peers[0], peers[2]])
        #expect(findings([(.us, content(.findNode, wanted)), (.them, answer)]) == [])
    }
    /// A second id in ADD_PROVIDER breaks KAD-89: only one can be the sender. It is no fault of the node that reads it.
    @Test func providers() {
        #expect(findings([(.us, provider(peer(1))), (.us, provider(peer(1)))]) == [])
        #expect(findings([(.us, provider(peer(1))), (.us, provider(peer(2)))]) == ["KAD-89"])
    }
    /// PING is a warning of its sender, not of the side that answers.
    @Test func pings() {
        #expect(findings([(.us, content(.ping, [])), (.them, content(.ping, []))]) == ["KAD-74"])
    }
}
