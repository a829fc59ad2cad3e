import Libp2p
import Node

/// A peer to which a stream is open.
struct RouterPeer: Sendable {
    var id: PeerID
    var version: PubsubVersion
    var opener: Opener
    var address: Endpoint
    var isExplicit = false
    var topics: Set<[UInt8]> = []
    /// The size of the names of its topics in bytes.
    var topicBytes = 0
    /// The ids in its IDONTWANT, with the heartbeat until which each is valid.
    var dontWants: [[UInt8]: Int] = [:]
    /// The number of RPCs with IHAVE and with IDONTWANT, and the number of ids requested from it, in this heartbeat.
    var offers = 0
    var dontWantRPCs = 0
    var asked = 0
    /// True if an RPC of the peer was received.
    var isHeard = false
    var saidExtensions = false
    var hasTestExtension = false
    var stats = PeerStats()

    var isFloodsub: Bool { version == .floodsub }
    var isDialed: Bool { opener == .us }

    /// The maximum number of topics of a peer, and the maximum size of their names in bytes. Further topics are
    /// ignored.
    static let topicLimit = 1024
    static let topicByteLimit = 1 << 18
    /// The maximum number of its IDONTWANT ids at a time.
    static let dontWantLimit = 10_000
}

/// The peers of a router. Each one has an index, which does not change until the peer is removed.
struct RouterPeers: Sendable {
    private(set) var slots: [RouterPeer] = []
    private var indices: [PeerID: Int] = [:]
    private var free: [Int] = []

    subscript(i: Int) -> RouterPeer {
        @inline(__always) _read { yield slots[i] }
        @inline(__always) _modify { yield &slots[i] }
    }
    var count: Int { indices.count }
    @inline(__always) func index(_ id: PeerID) -> Int? { indices[id] }
    var ids: Dictionary<PeerID, Int>.Keys { indices.keys }
    /// The indices of all peers, sorted by peer id.
    var ordered: [Int] { indices.sorted { $0.key < $1.key }.map(\.value) }

    mutating func add(_ peer: RouterPeer) -> Int {
        let i: Int
        if let old = free.popLast() {
            slots[old] = peer
            i = old
        } else {
            i = slots.count
            slots.append(peer)
        }
        indices[peer.id] = i
        return i
    }
    mutating func remove(_ i: Int) {
        indices[slots[i].id] = nil
        slots[i].topics = []
        slots[i].dontWants = [:]
        slots[i].stats = PeerStats()
        free.append(i)
    }
}

/// A topic of this node or of a peer.
struct RouterTopic: Sendable {
    /// The indices of the peers that have it.
    var peers: [Int] = []
    /// True if this node has joined it.
    var isJoined = false
    var mesh: [Int] = []
    /// The peers that receive messages if this node has not joined it.
    var fanout: [Int] = []
    /// The time when this node last published without having joined it.
    var published = Instant.zero

    var isIdle: Bool { peers.isEmpty && !isJoined && fanout.isEmpty }
}

extension Array where Element: Equatable {
    /// Removes the first element that is equal. The order of the others does not change.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        guard let i = firstIndex(of: element) else { return false }
        remove(at: i)
        return true
    }
}
