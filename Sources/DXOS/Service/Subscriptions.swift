/// Which streams take the messages to which peers.
struct Subscriptions: Sendable {
    private var all: [[UInt8]: Set<StreamID>] = [:]

    /// A stream wants the messages to a peer.
    mutating func add(_ stream: StreamID, _ peer: [UInt8]) { all[peer, default: []].insert(stream) }
    /// It wants no more.
    mutating func remove(_ stream: StreamID, _ peer: [UInt8]) {
        all[peer]?.remove(stream)
        if all[peer]?.isEmpty ?? false { all[peer] = nil }
    }
    /// Those that take the messages to a peer, in order.
    func streams(of peer: [UInt8]) -> [StreamID] { (all[peer] ?? []).sorted() }
}
