import Node
import Wire

/// Payloads that one side sent in the last time, known again by 64 bits: for onlookers, which must keep up with a link
/// and only mention what comes twice. A node, which drops it, keeps real digests (`Duplicates`).
///
/// As in nano-node's own filter (node/network_filter) each payload has its place, where a newer one takes that of an older
/// one; here it has four places side by side, so that one look into memory is enough for a message.
struct RecentPayloads: Sendable {
    /// Payloads that are remembered at most. A power of two.
    static let capacity = 1024
    private static let ways = 4

    private struct Entry {
        var digest: UInt64 = 0
        /// The far past: nothing is here, or nothing that counts.
        var time = Int64.min
    }
    /// Grows by doubling, so that a silent side has none.
    private var entries: [Entry] = []
    private var count = 0
    let lifetime: Duration
    private let nanoseconds: Int64

    init(lifetime: Duration) {
        self.lifetime = lifetime
        nanoseconds = lifetime.nanoseconds
    }

    /// Remembers a payload; false when the same one came not long ago.
    mutating func isNew(_ payload: RawSpan, now: Instant) -> Bool {
        let digest = Self.digest(payload)
        if count &* 2 >= entries.count, entries.count < Self.capacity { grow() }
        let first = place(digest)
        var known = first
        while known < first &+ Self.ways, entries[known].digest != digest || entries[known].time == .min { known &+= 1 }
        if known < first &+ Self.ways {
            guard isOver(entries[known].time, now) else { return false }
            entries[known].time = now.nanoseconds
        } else {
            push(Entry(digest: digest, time: now.nanoseconds), first)
        }
        return true
    }
    /// The newest stands first, and the last one makes room.
    @inline(__always)
    private mutating func push(_ entry: Entry, _ first: Int) {
        if entries[first &+ Self.ways &- 1].time == .min { count &+= 1 }
        for i in stride(from: first &+ Self.ways &- 1, to: first, by: -1) { entries[i] = entries[i &- 1] }
        entries[first] = entry
    }
    private func isOver(_ time: Int64, _ now: Instant) -> Bool {
        let (end, over) = time.addingReportingOverflow(nanoseconds)
        return !over && end <= now.nanoseconds
    }
    /// The first of the places of a digest.
    @inline(__always)
    private func place(_ digest: UInt64) -> Int {
        Int(truncatingIfNeeded: digest) & (entries.count &- 1) & ~(Self.ways &- 1)
    }
    /// The payloads of four places go to two times four, so that none is lost.
    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: max(2 &* Self.ways, 2 &* old.count))
        count = 0
        for entry in old.reversed() where entry.time > .min { push(entry, place(entry.digest)) }
    }

    // 64 bits over a payload, 32 bytes at a time: products of 64 by 64 bits, their halves folded together. Nobody who
    // makes up messages knows the seed, so nobody can make two that look the same.

    private static let seed = {
        var random = SystemRandomNumberGenerator()
        return (random.next(), random.next(), random.next(), random.next())
    }()
    @inline(__always)
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low
    }
    private static func digest(_ bytes: RawSpan) -> UInt64 {
        var (a, b, c, d) = seed
        let count = bytes.byteCount
        // Within what is there: no offset goes beyond `count` less the width of a word.
        func word(_ at: Int) -> UInt64 {
            unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
        }
        let key = (c, d)
        var at = 0
        while count &- at >= 32 {
            a = fold(word(at) ^ key.0, word(at &+ 8) ^ a)
            b = fold(word(at &+ 16) ^ key.1, word(at &+ 24) ^ b)
            at &+= 32
        }
        while count &- at >= 8 {
            c = fold(word(at) ^ key.0, c ^ key.1)
            at &+= 8
        }
        while at < count {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            d = fold(d ^ UInt64(byte), key.0)
            at &+= 1
        }
        return fold(fold(a ^ UInt64(count), b ^ key.0), fold(c ^ key.1, d ^ key.0) ^ key.1)
    }
}
