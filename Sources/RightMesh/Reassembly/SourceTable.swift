internal import Node

/// What is known of sources from their last whole messages, and how well: who has been heard for long is not forgotten
/// for those who have not, however many there are.
struct SourceTable: Sendable {
    /// How well a source is known at the address that a datagram of it comes from; whoever is known better is kept when
    /// there is no room for all.
    enum Standing: Int, Comparable, CaseIterable, Sendable {
        /// No whole message came from there, or none for long.
        case stranger
        /// One did, not long ago for the first time.
        case newcomer
        /// For HOLD or longer whole messages have come from there.
        case established
        static func < (a: Standing, b: Standing) -> Bool { a.rawValue < b.rawValue }
    }
    struct Source: Sendable {
        var boot: UInt16
        /// Another number for each boot that came to be current.
        var life: UInt64
        /// Where it is known; of messages from elsewhere that is not changed while it is heard from there, or anybody
        /// could say in its name that it has moved.
        var endpoint: Endpoint
        /// First and last whole message from there.
        var since: Instant
        var heard: Instant
    }
    private var newcomers = ExpiringLRU<MeshID, Source>()
    private var established = ExpiringLRU<MeshID, Source>()
    private var lives: UInt64 = 0
    /// Nanoseconds.
    private static let ages = (hold: Limits.hold.nanoseconds, silence: Limits.silence.nanoseconds)

    /// How many there are.
    var count: Int { newcomers.count + established.count }
    subscript(_ src: MeshID) -> Source? { established[src] ?? newcomers[src] }
    func standing(of src: MeshID, at endpoint: Endpoint) -> Standing {
        if let source = established[src] { return source.endpoint == endpoint ? .established : .stranger }
        return newcomers[src]?.endpoint == endpoint ? .newcomer : .stranger
    }
    /// A whole message came, whose boot is the current one from now on; gives what is known now, and the boot that was
    /// replaced.
    mutating func hear(
        _ src: MeshID, boot: UInt16, at endpoint: Endpoint, now: Instant
    ) -> (source: Source, replaced: UInt16?) {
        let old = established[src]
        let wasEstablished = old != nil
        var source =
            old ?? newcomers[src] ?? Source(boot: 0, life: 0, endpoint: endpoint, since: now, heard: now)
        var replaced: UInt16?
        if source.boot != boot {
            if source.boot != 0 { replaced = source.boot }
            lives += 1
            (source.boot, source.life) = (boot, lives)
        }
        if source.endpoint == endpoint {
            source.heard = now
        } else if now.nanoseconds - source.heard.nanoseconds >= Self.ages.hold {
            (source.endpoint, source.since, source.heard) = (endpoint, now, now)
        }
        let isOld = source.heard.nanoseconds - source.since.nanoseconds >= Self.ages.hold
        if isOld, wasEstablished || established.count < Limits.established {
            if !wasEstablished { newcomers.remove(src) }
            established.set(src, source, at: now)
        } else {
            if wasEstablished { established.remove(src) }
            newcomers.set(src, source, at: now)
            newcomers.trim(to: Limits.remembered)
        }
        return (source, replaced)
    }
    /// Forgets those that were silent for long.
    mutating func expire(now: Instant) {
        newcomers.removeAll(olderThan: Self.ages.silence, now: now)
        established.removeAll(olderThan: Self.ages.silence, now: now)
    }
}
