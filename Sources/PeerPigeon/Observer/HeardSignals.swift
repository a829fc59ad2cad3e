import Node
import Wire

/// The signals of a capture, by their content. It counts how often each was sent by its client, passed from hub to hub,
/// and delivered.
struct HeardSignals {
    /// The key of a signal: everything except its time, its network and the hub.
    struct Key: Hashable {
        var type: String
        var sender: String
        var target: String
        /// A hash of the parsed data.
        var data: Int
    }
    struct Signal {
        /// The number of times that a client sent it in its own name.
        var sent = 0
        var delivered = 0
        var relayed = 0
        /// The client that sent it in the name of another.
        var pretender: String?
        /// The hubs at which it was sent.
        var hubs: Set<Endpoint> = []
        /// The time that its sender wrote.
        var written: Int64?
        /// A delivery beyond the number of sent copies.
        var excess: HeardMessage?
        var isLoopTold = false
        /// True if a part of it may not have been seen.
        var isUnsure = false
    }
    private var all: [Key: Signal] = [:]
    /// The older half of the kept signals.
    private var old: [Key: Signal] = [:]
    private var excesses: [HeardMessage] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Updates a signal. If there are too many, old ones are forgotten: an excess delivery of them is kept for
    /// `finish`, and later copies are counted anew.
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
    /// Returns the deliveries beyond the number of sent copies, because no message follows.
    mutating func finish() -> [HeardMessage] {
        keep(old.values)
        keep(all.values)
        return excesses.sorted { $0.record < $1.record }
    }
}
