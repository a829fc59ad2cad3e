import Glibc
import Network
import Wire

/// Seeds from the system, where nobody gave one.
enum Seed {
    /// That of `--seed`, or a fresh one of 32 bits.
    static func chosen(_ invocation: Invocation) throws(UsageError) -> UInt64 {
        if let text = invocation["--seed"] {
            guard let n = Value.text(text).integer else { throw UsageError("`--seed` is a number, not `\(text)`") }
            return n
        }
        return fresh() & 0xffff_ffff
    }
    static func fresh() -> UInt64 {
        var n: UInt64 = 0
        withUnsafeMutableBytes(of: &n) { p in
            if getentropy(p.baseAddress, p.count) != 0 {
                p.storeBytes(of: UInt64(bitPattern: MonotonicClock.date), as: UInt64.self)
            }
        }
        return n
    }
}
