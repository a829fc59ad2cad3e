/// Numbers in decimal, written straight into a buffer.
enum Digits {
    static func write(_ n: Int, to out: inout [UInt8]) {
        if n < 0 { out.append(0x2d) }
        var rest = n.magnitude
        let start = out.count
        repeat {
            out.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        out[start...].reverse()
    }
    /// Seconds with `places` decimals, at most 6, cut off; never below zero.
    static func seconds(_ d: Duration, places: Int, to out: inout [UInt8]) {
        let (s, fraction) = max(.zero, d).components
        write(Int(clamping: s), to: &out)
        out.append(0x2e)
        var rest = Int(clamping: fraction / 1_000_000_000_000)
        var unit = 100_000
        for _ in 0..<places {
            out.append(0x30 + UInt8(truncatingIfNeeded: rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
