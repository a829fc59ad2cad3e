/// Numbers in decimal, written straight into a buffer.
enum Digits {
    static func write(_ n: Int, to out: inout [UInt8]) {
        if n < 0 { out.append(0x2d) }
        let all = n.magnitude
        var unit: UInt = 1
        while all / unit >= 10 { unit &*= 10 }
        while unit > 0 {
            out.append(0x30 + UInt8(truncatingIfNeeded: all / unit % 10))
            unit /= 10
        }
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
