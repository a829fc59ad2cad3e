import Libp2p
import Node

/// A peer to which a stream is there.
struct RouterPeer: Sendable {
    var id: PeerID
    var version: PubsubVersion
    var opener: Opener
    var address: Endpoint
    var isExplicit = false
    var topics: Set<[UInt8]> = []
    /// Bytes of the names of these.
    var topicBytes = 0
    /// Ids that it does not want, and until which heartbeat.
    var dontWants: [[UInt8]: Int] = [:]
    /// RPCs with IHAVE and IDONTWANT, and ids that it was asked for, in this heartbeat.
    var offers = 0
    var dontWantRPCs = 0
    var asked = 0
    /// Whether something was heard of it.
    var isHeard = false
    var saidExtensions = false
    var hasTestExtension = false
    /// Of a fault: nothing more is heard.
    var isDeaf = false
    var stats = PeerStats()

    var isFloodsub: Bool { version == .floodsub }
    var isDialed: Bool { opener == .us }

    /// Topics that a peer may have, and bytes of their names; what is beyond is passed over.
    static let topicLimit = 1024
    static let topicByteLimit = 1 << 18
    /// Ids that it may not want at a time.
    static let dontWantLimit = 10_000
}

/// The peers of a router, each at an index that it keeps while it is there.
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
    /// The indices of all, in order of ids.
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

/// A topic that this node or a peer has.
struct RouterTopic: Sendable {
    /// Peers that have it, by their indices.
    var peers: [Int] = []
    /// Whether this node has it.
    var isJoined = false
    var mesh: [Int] = []
    /// To whom messages go where this node does not have it.
    var fanout: [Int] = []
    /// When it last published there, not having it.
    var published = Instant.zero

    var isIdle: Bool { peers.isEmpty && !isJoined && fanout.isEmpty }
}

extension Array where Element: Equatable {
    /// Takes out the first one that is equal, and keeps the order.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        guard let i = firstIndex(of: element) else { return false }
        remove(at: i)
        return true
    }
}
