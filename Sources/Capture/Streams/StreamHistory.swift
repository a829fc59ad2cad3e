internal import Glibc

/// The last bytes that streams passed on, to check that retransmitted bytes are the same.
///
/// All streams share a fixed number of places, so that a silent stream costs nothing. There are `depth` bytes for each
/// of roughly the last `places` streams that sent data. Retransmissions in other streams are not compared.
struct StreamHistory {
    /// The number of bytes of a stream.
    static let depth = 8192
    /// The number of streams, a power of two.
    static let places = 512

    private struct Place {
        var owner = -1
        /// The number of bytes kept.
        var count = 0
    }
    private var places = [Place](repeating: Place(), count: Self.places)
    private var rings = [[UInt8]](repeating: [], count: Self.places)

    /// Adds bytes that a stream passes on, after it has passed on `end` bytes.
    @inline(__always)
    mutating func remember(_ owner: Int, _ bytes: RawSpan, at end: Int64) {
        let place = owner & (Self.places &- 1)
        if places[place].owner != owner {
            places[place] = Place(owner: owner)
            if rings[place].isEmpty { rings[place] = [UInt8](repeating: 0, count: Self.depth) }
        }
        let count = bytes.byteCount
        let tail = min(count, Self.depth)
        let at = Int(truncatingIfNeeded: end &+ Int64(count &- tail)) & (Self.depth &- 1)
        let first = min(tail, Self.depth &- at)
        bytes.withUnsafeBytes { from in
            rings[place].withUnsafeMutableBytes { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                memcpy(to + at, from + (count &- tail), first)
                if first < tail { memcpy(to, from + (count &- tail &+ first), tail &- first) }
            }
        }
        places[place].count = min(Self.depth, places[place].count &+ count)
    }
    /// Forgets the bytes of a stream, because bytes after them are missing.
    mutating func forget(_ owner: Int) {
        let place = owner & (Self.places &- 1)
        if places[place].owner == owner { places[place].count = 0 }
    }
    /// Returns true if bytes at `start` differ from the kept bytes of a stream that has passed on `end` bytes.
    func contradicts(_ owner: Int, _ bytes: RawSpan, at start: Int64, end: Int64) -> Bool {
        let place = owner & (Self.places &- 1)
        guard places[place].owner == owner else { return false }
        let from = max(start, end &- Int64(places[place].count))
        let to = min(start &+ Int64(bytes.byteCount), end)
        guard from < to else { return false }
        let again = bytes.extracting(Int(from &- start)..<Int(to &- start))
        let at = Int(truncatingIfNeeded: from) & (Self.depth &- 1)
        let first = min(again.byteCount, Self.depth &- at)
        let kept = rings[place]
        let ring = kept.span.bytes
        return !again.extracting(0..<first).same(as: ring.extracting(at..<at &+ first))
            || !again.extracting(first...).same(as: ring.extracting(0..<again.byteCount &- first))
    }
}
