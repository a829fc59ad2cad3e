/// Serial numbers that wrap around (RFC 1982).
enum SerialNumber {
    /// Returns true if `a` is newer than `b`.
    static func isNewer(_ a: UInt32, than b: UInt32) -> Bool { a != b && a &- b < 1 << 31 }
    /// Does the same with a seeded fault.
    static func isNewer(_ a: UInt32, than b: UInt32, _ bug: Misbehaviour?) -> Bool {
        bug == .serialAsNumber ? a > b : isNewer(a, than: b)
    }
    /// Returns the number after `n`. The highest number is followed by 1; 0 is never used.
    static func next(_ n: UInt32) -> UInt32 { n == .max ? 1 : n + 1 }
}
