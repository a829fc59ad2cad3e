import Node
import Wire

/// Signals of a capture, by what they say: how often each was sent by its client, handed from hub to hub, and delivered.
struct HeardSignals {
    /// What makes two signals one: everything but time, network and the hub that it is at.
    struct Key: Hashable {
        var type: String
        var sender: String
        var target: String
        /// Of the data, as it is read.
        var data: Int
    }
    struct Signal {
        /// By a client that said it for itself.
        var sent = 0
        var delivered = 0
        var relayed = 0
        /// Who sent it in the name of another, and where.
        var pretender: String?
        /// The hubs at which it was sent.
        var hubs: Set<Endpoint> = []
        /// A time that its sender wrote.
        var written: Int64?
        /// A delivery beyond those that were sent.
        var excess: HeardMessage?
        var isLoopTold = false
        /// Something of it may not have been seen.
        var isUnsure = false
    }
    private var all: [Key: Signal] = [:]
    /// Half of what is kept, the older one.
    private var old: [Key: Signal] = [:]
    private var excesses: [HeardMessage] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// What is known of one. What is forgotten is told by `told`, and its like is not judged by it any more.
    mutating func update<T>(_ key: Key, _ body: (inout Signal) -> T) -> T {
        var signal = all[key] ?? old.removeValue(forKey: key) ?? Signal()
        let result = body(&signal)
        all[key] = signal
        if all.count > limit {
            keep(old.values)
            (old, all) = (all, [:])
        }
        return result
    }
    private mutating func keep(_ signals: some Sequence<Signal>) {
        for signal in signals where excesses.count < limit { Self.excess(signal).map { excesses.append($0) } }
    }
    private static func excess(_ signal: Signal) -> HeardMessage? {
        signal.delivered > signal.sent && signal.sent > 0 && !signal.isUnsure ? signal.excess : nil
    }
    /// Deliveries beyond those that were sent, when no message follows.
    mutating func finish() -> [HeardMessage] {
        keep(old.values)
        keep(all.values)
        return excesses.sorted { $0.record < $1.record }
    }
}
