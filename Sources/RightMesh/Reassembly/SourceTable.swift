internal import Node

/// The sources of complete messages, and their standing: a source that has been heard for HOLD is not evicted by those
/// that have not, however many they are.
struct SourceTable: Sendable {
    /// How well a source is known at the address that a datagram of it comes from; under pressure, the higher standing is
    /// kept.
    enum Standing: Int, Comparable, CaseIterable, Sendable {
        /// No complete message has come from there, or none for long.
        case stranger
        /// One has, for the first time less than HOLD ago.
        case newcomer
        /// Complete messages have come from there for HOLD or longer.
        case established
        static func < (a: Standing, b: Standing) -> Bool { a.rawValue < b.rawValue }
    }
    struct Source: Sendable {
        var boot: UInt16
        /// A new number for each boot that became current.
        var life: UInt64
        /// The endpoint where it is known. Messages from elsewhere do not change it while it is heard from there, because
        /// they may be forged.
        var endpoint: Endpoint
        /// First and last complete message from there.
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
    /// A complete message came, whose boot becomes the current one; returns the updated source, and the boot that was
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
    /// Removes those that have been silent for `Limits.silence`.
    mutating func expire(now: Instant) {
        newcomers.removeAll(olderThan: Self.ages.silence, now: now)
        established.removeAll(olderThan: Self.ages.silence, now: now)
    }
}
