import Libp2p
import Wire

/// Messages of the last heartbeats, for peers that ask for them (gossipsub 1.0, the message cache).
struct MessageCache: Sendable {
    private struct Entry: Sendable {
        var message: PublishedMessage
        /// How often each peer got it that asked for it.
        var given: [PeerID: Int] = [:]
    }
    private var entries: [ByteKey: Entry] = [:]
    /// Ids by topic, those of this heartbeat first.
    private var windows: [[ByteKey: [Bytes]]]
    private let gossip: Int
    private var bytes = 0
    /// Messages, and bytes of their data, that are kept at most; further ones are passed on, but not kept.
    static let limit = 100_000
    static let byteLimit = 64 << 20

    /// For so many heartbeats; the ids of so many are told.
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
    /// Whether this very message is there under its id.
    func has(_ message: PublishedMessage, _ id: [UInt8]) -> Bool { entries[ByteKey(id)]?.message.data == message.data }
    func contains(_ id: [UInt8]) -> Bool { entries[ByteKey(id)] != nil }
    /// Ids of a topic that are told to others, the latest heartbeat first.
    func ids(_ topic: [UInt8], windows count: Int? = nil) -> [Bytes] {
        var out: [Bytes] = []
        for window in windows.prefix(count ?? gossip) {
            guard let ids = window[ByteKey(topic)] else { continue }
            if out.isEmpty { out = ids } else { out += ids }
        }
        return out
    }
    /// The message for a peer that asks for it, up to so many times; nil: it is not there, or was given often enough.
    mutating func give(_ id: [UInt8], to peer: PeerID, most: Int) -> PublishedMessage? {
        guard let i = entries.index(forKey: ByteKey(id)) else { return nil }
        let given = entries.values[i].given[peer] ?? 0
        guard given < most else { return nil }
        entries.values[i].given[peer] = given + 1
        return entries.values[i].message
    }
    /// A heartbeat is over.
    mutating func shift() {
        guard let old = windows.popLast() else { return }
        for id in old.values.joined() {
            if let entry = entries.removeValue(forKey: ByteKey(id.array())) { bytes -= entry.message.data?.count ?? 0 }
        }
        windows.insert([:], at: 0)
    }
}
