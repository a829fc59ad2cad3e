import Node

/// The latest publications. They are needed when two hosts begin with a swarm at the same time: both publish before
/// either knows of the other's subscription.
struct RecentPublications: Sendable {
    private struct Publication {
        var at: Instant
        var content: [UInt8]
        /// The hosts that have received it.
        var told: Set<[UInt8]>
    }
    private var all: [Topic: [[UInt8]: Publication]] = [:]
    /// The kept publications in order of time, and older ones until the next clean-up. Beyond the limit the oldest are
    /// dropped.
    private var order: [(at: Instant, topic: Topic, about: [UInt8])] = []
    /// The maximum time that a subscription may be on its way.
    static let memory = Duration.seconds(2)
    static let limit = 4096

    mutating func add(
        _ content: [UInt8], _ topic: Topic, about: [UInt8], told: Set<[UInt8]>, _ now: Instant
    ) {
        if order.count >= Self.limit { forget(now) }
        order.append((now, topic, about))
        all[topic, default: [:]][about] = Publication(at: now, content: content, told: told)
    }
    /// Returns the publications that a new subscriber lacks, oldest first.
    mutating func take(_ topic: Topic, for host: [UInt8], _ now: Instant) -> [[UInt8]] {
        let lacking = (all[topic] ?? [:]).filter { now - $0.value.at < Self.memory && !$0.value.told.contains(host) }
        for about in lacking.keys where !host.isEmpty { all[topic]?[about]?.told.insert(host) }
        return lacking.sorted {
            $0.value.at == $1.value.at ? $0.key.lexicographicallyPrecedes($1.key) : $0.value.at < $1.value.at
        }.map(\.value.content)
    }
    private mutating func forget(_ now: Instant) {
        let fresh = order.drop { now - $0.at >= Self.memory }
        let kept = fresh.count > Self.limit / 2 ? fresh.suffix(Self.limit / 2) : fresh
        for entry in order[..<kept.startIndex] where all[entry.topic]?[entry.about]?.at == entry.at {
            all[entry.topic]?[entry.about] = nil
            if all[entry.topic]?.isEmpty ?? false { all[entry.topic] = nil }
        }
        order = Array(kept)
    }
}
