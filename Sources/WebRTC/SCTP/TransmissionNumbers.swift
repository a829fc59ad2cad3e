/// The TSNs that one side sent, as far as the capture has them. They are compared modulo 2^32 (RFC 9260, section 1.6).
struct TransmissionNumbers {
    /// The lowest TSN that was not seen; nil before the first one.
    private var next: UInt32?
    /// The TSNs above that were seen.
    private var above: Set<UInt32> = []
    /// The TSNs that were passed over. They may still arrive, because a capture can have datagrams in another order.
    private var passed: Set<UInt32> = []
    /// The first TSN whose absence counts: those before it may be from before the capture.
    private var first: UInt32 = 0

    /// The number of TSNs before the first one seen that may still arrive, if the beginning was not seen.
    private static let slack: UInt32 = 1024
    /// The maximum number of TSNs that are kept above a missing one.
    private static let limit = 16_384

    /// Returns true if `a` is before `b`.
    static func isBefore(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) < 0 }

    /// Begins with a TSN, which the side announced. A repeated announcement has no effect.
    mutating func begin(_ tsn: UInt32) {
        if next == nil || first != tsn { self = Self(next: tsn, first: tsn) }
    }
    init() {}
    private init(next: UInt32, first: UInt32) { (self.next, self.first) = (next, first) }

    /// Returns true if the TSN was not seen before.
    mutating func insert(_ tsn: UInt32) -> Bool {
        guard var next else {
            (next, first) = (tsn &- Self.slack, tsn)
            above.insert(tsn)
            return true
        }
        if Self.isBefore(tsn, next) { return passed.remove(tsn) != nil }
        guard above.insert(tsn).inserted else { return false }
        while above.remove(next) != nil { next &+= 1 }
        self.next = next
        if above.count > Self.limit { forgetHalf() }
        return true
    }
    /// Notes that the receiver has all TSNs up to this one, or no longer waits for them. Returns the missing ones that
    /// this passes over, at most `limit` of them: how many, and the first and last.
    mutating func pass(to tsn: UInt32) -> (count: Int, from: UInt32, to: UInt32)? {
        guard let start = next, !Self.isBefore(tsn, start), tsn &- start <= UInt32(Self.limit) else { return nil }
        var missing: (count: Int, from: UInt32, to: UInt32)?
        var at = start
        while !Self.isBefore(tsn, at) {
            if above.remove(at) == nil, !Self.isBefore(at, first) {
                missing = (1 + (missing?.count ?? 0), missing?.from ?? at, at)
                if passed.count < Self.limit { passed.insert(at) }
            }
            at &+= 1
        }
        while above.remove(at) != nil { at &+= 1 }
        next = at
        return missing
    }
    /// Forgets the lower half of the TSNs, as if all before had been seen.
    private mutating func forgetHalf() {
        guard let start = next else { return }
        let sorted = above.sorted { $0 &- start < $1 &- start }
        let middle = sorted[sorted.count / 2]
        above = Set(sorted[(sorted.count / 2)...])
        next = middle
        while let now = next, above.remove(now) != nil { next = now &+ 1 }
    }
}
