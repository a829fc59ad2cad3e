/// Numbers that begin again when they are used up (RFC 1982).
enum SerialNumber {
    /// Whether `a` came after `b`.
    static func isNewer(_ a: UInt32, than b: UInt32) -> Bool { a != b && a &- b < 1 << 31 }
    /// The same with a seeded fault.
    static func isNewer(_ a: UInt32, than b: UInt32, _ bug: Misbehaviour?) -> Bool {
        bug == .serialAsNumber ? a > b : isNewer(a, than: b)
    }
    /// What comes after: 1 follows the highest, 0 is never used.
    static func next(_ n: UInt32) -> UInt32 { n == .max ? 1 : n + 1 }
}
