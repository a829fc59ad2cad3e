internal import Node

/// The sources of complete messages, and their standing. A source that has been known for HOLD is never evicted by
/// sources that have not, regardless of their number.
struct SourceTable: Sendable {
    /// A measure of how well a source is known at the address from which its datagram was received. If memory is short,
    /// sources with a higher standing are kept.
    enum Standing: Int, Comparable, CaseIterable, Sendable {
        /// No complete message has been received from the address, or none for a long time.
        case stranger
        /// The first complete message from the address was received less than HOLD ago.
        case newcomer
        /// Complete messages have been received from the address for HOLD or longer.
        case established
        static func < (a: Standing, b: Standing) -> Bool { a.rawValue < b.rawValue }
    }
    struct Source: Sendable {
        var boot: UInt16
        /// The number of the current boot. Each boot that becomes current gets a new number.
        var life: UInt64
        /// The endpoint at which the source is known. While messages from it arrive, messages from other endpoints do
        /// not change it, because they may be forged.
        var endpoint: Endpoint
        /// The times of the first and the last complete message from the endpoint.
        var since: Instant
        var heard: Instant
    }
    private var newcomers = ExpiringLRU<MeshID, Source>()
    private var established = ExpiringLRU<MeshID, Source>()
    private var lives: UInt64 = 0
    /// The times in nanoseconds after which sources change their standing or are forgotten.
    private static let ages = (hold: Limits.hold.nanoseconds, silence: Limits.silence.nanoseconds)

    var count: Int { newcomers.count + established.count }
    subscript(_ src: MeshID) -> Source? { established[src] ?? newcomers[src] }
    func standing(of src: MeshID, at endpoint: Endpoint) -> Standing {
        if let source = established[src] { return source.endpoint == endpoint ? .established : .stranger }
        return newcomers[src]?.endpoint == endpoint ? .newcomer : .stranger
    }
    /// Records a complete message, whose boot becomes the current one. Returns the updated source, and the boot that
    /// was replaced.
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
    /// Removes the sources that have been silent for `Limits.silence`.
    mutating func expire(now: Instant) {
        newcomers.removeAll(olderThan: Self.ages.silence, now: now)
        established.removeAll(olderThan: Self.ages.silence, now: now)
    }
}
