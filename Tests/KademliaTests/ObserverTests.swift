import Libp2p
import Node
import Testing
import Wire

@testable import Kademlia

/// The observer of a stream reports only the breaches that a capture shows.
struct ObserverTests {
    private static let key = Array("/pk/x".utf8)
    private static let value: [UInt8] = [1, 2, 3]

    /// Returns the requirements of the findings about messages of one stream; `none` for a finding without one.
    private func findings(_ messages: [(Opener, KadContent)]) -> [String] {
        var monitor = Monitor()
        return messages.flatMap { monitor.findings($1, from: $0) }
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
    /// A second id in ADD_PROVIDER breaks KAD-89, on any stream of the connection: only one can be the sender. It is no
    /// fault of the node that reads it.
    @Test func providers() {
        #expect(findings([(.us, provider(peer(1))), (.us, provider(peer(1)))]) == [])
        #expect(findings([(.us, provider(peer(1))), (.us, provider(peer(2)))]) == ["KAD-89"])
        var monitor = Monitor()
        #expect(monitor.findings(provider(peer(1)), stream: 1) == [])
        #expect(monitor.findings(provider(peer(2)), connection: 2) == [])
        // The server of the connection is another peer.
        #expect(monitor.findings(provider(peer(2)), stream: 2, isOpenedByClient: false) == [])
        #expect(monitor.findings(provider(peer(2)), stream: 3) == ["KAD-89"])
    }
    /// An answer that names one of both peers is a warning, unless the key is the id of that peer.
    @Test(arguments: [KadType.findNode, .getProviders, .getValue])
    func peersOfTheConnection(in type: KadType) {
        var monitor = Monitor()
        let (asker, server) = (peer(1), peer(2))
        func judge(_ key: [UInt8], _ named: PeerID, isOpenedByClient: Bool = true) -> [String] {
            monitor.findings(content(type, key), stream: 9, isOpenedByClient: isOpenedByClient)
                + monitor.findings(
                    content(type, [], closer: [named]), from: .them, stream: 9, isOpenedByClient: isOpenedByClient)
        }
        #expect(judge(Self.key, asker) == [] && judge(Self.key, server) == [])
        _ = monitor.findings(provider(asker), stream: 1)
        _ = monitor.findings(provider(server), stream: 2, isOpenedByClient: false)
        #expect(judge(Self.key, asker) == ["KAD-33"] && judge(Self.key, server) == ["KAD-33"])
        #expect(judge(asker.bytes, asker) == [] && judge(server.bytes, server) == [])
        #expect(judge(Self.key, peer(3)) == [])
        // If a side says two ids, it is unknown which is right.
        #expect(monitor.findings(provider(peer(4)), stream: 1) == ["KAD-89"])
        #expect(judge(Self.key, asker) == [] && judge(Self.key, peer(4)) == [])
    }
    /// A server may name peers that are further away than itself: all implementations do if they know no nearer ones.
    @Test func peersFurtherThanTheServer() {
        let sorted = nearest(to: Self.key, among: 0..<4)
        var monitor = Monitor()
        _ = monitor.findings(provider(sorted[0]), stream: 2, isOpenedByClient: false)
        let answer = content(.findNode, [], closer: Array(sorted[1...]))
        #expect(monitor.findings(content(.findNode, Self.key)) + monitor.findings(answer, from: .them) == [])
    }
    /// After a request of an unknown type, it is unknown whether an answer follows.
    @Test func unknownTypes() {
        let unknown = content(KadType(rawValue: 6), Self.key)
        let find = content(.findNode, Self.key)
        #expect(findings([(.us, unknown), (.us, find), (.them, find)]) == [])
        #expect(findings([(.us, unknown), (.them, content(.putValue, []))]) == [])
    }
    /// An echo of PING may have the peers of its request (js-libp2p).
    @Test func echoedPeers() {
        let sorted = nearest(to: Self.key, among: 0..<2)
        let ping = content(.ping, Self.key, closer: [sorted[1], sorted[0]])
        #expect(findings([(.us, provider(sorted[0])), (.us, ping), (.them, ping)]) == ["KAD-74"])
    }
    /// Beyond its limit, the observer judges no answers, and blames no peer for what it forgot.
    @Test func limit() {
        var monitor = Monitor(memory: 0)
        for stream in 0..<64 { _ = monitor.findings(content(.findNode, Self.key), stream: stream) }
        let unsorted = nearest(to: Self.key, among: 0..<2).reversed()
        let answer = content(.findNode, [], closer: Array(unsorted))
        #expect(monitor.findings(content(.findNode, Self.key), stream: 99) == [])
        #expect(monitor.findings(answer, from: .them, stream: 99) == [])
        #expect(monitor.findings(answer, from: .them, stream: 63) == ["KAD-32"])
    }
    /// PING is a warning of its sender, not of the side that answers.
    @Test func pings() {
        #expect(findings([(.us, content(.ping, [])), (.them, content(.ping, []))]) == ["KAD-74"])
    }
}
