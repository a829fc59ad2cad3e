import Libp2p
import Wire

/// The messages of the last heartbeats, which peers can request (gossipsub 1.0, the message cache).
struct MessageCache: Sendable {
    private struct Entry: Sendable {
        var message: PublishedMessage
        /// The number of times that each peer requested and received the message.
        var given: [PeerID: Int] = [:]
    }
    private var entries: [ByteKey: Entry] = [:]
    /// Message ids by topic for each heartbeat, the current one first.
    private var windows: [[ByteKey: [Bytes]]]
    private let gossip: Int
    private var bytes = 0
    /// The maximum number of messages, and the maximum size of their data in bytes. Further messages are forwarded, but
    /// not kept.
    static let limit = 100_000
    static let byteLimit = 64 << 20

    /// `length`: the number of heartbeats for which a message is kept. `gossip`: the number of heartbeats for which its
    /// id is offered.
    init(length: Int, gossip: Int) {
        windows = Array(repeating: [:], count: max(1, length))
        self.gossip = min(max(1, gossip), max(1, length))
    }
    mutating func put(_ message: PublishedMessage, _ id: [UInt8], topic: [UInt8]) {
        let size = message.data?.count ?? 0
        guard entries.count < Self.limit, bytes + size <= Self.byteLimit,
            entries.updateValue(Entry(message: message), forKey: ByteKey(id)) == nil
        else { return }
        bytes += size
        windows[0][ByteKey(topic), default: []].append(Bytes(id))
    }
    func contains(_ id: [UInt8]) -> Bool { entries[ByteKey(id)] != nil }
    /// Returns the ids of a topic that are offered to peers, the latest heartbeat first.
    func ids(_ topic: [UInt8]) -> [Bytes] {
        var out: [Bytes] = []
        for window in windows.prefix(gossip) {
            guard let ids = window[ByteKey(topic)] else { continue }
            if out.isEmpty { out = ids } else { out += ids }
        }
        return out
    }
    /// Returns the message for a peer that requests it; nil if it is not kept, or if the peer has received it `most`
    /// times.
    mutating func give(_ id: [UInt8], to peer: PeerID, most: Int) -> PublishedMessage? {
        guard let i = entries.index(forKey: ByteKey(id)) else { return nil }
        let given = entries.values[i].given[peer] ?? 0
        guard given < most else { return nil }
        entries.values[i].given[peer] = given + 1
        return entries.values[i].message
    }
    /// Ends a heartbeat, and drops the messages of the oldest one.
    mutating func shift() {
        guard let old = windows.popLast() else { return }
        for id in old.values.joined() {
            if let entry = entries.removeValue(forKey: ByteKey(id.array())) { bytes -= entry.message.data?.count ?? 0 }
        }
        windows.insert([:], at: 0)
    }
}
