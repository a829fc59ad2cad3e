/// What is needed of a device of a pcapng section for each of its packets.
struct FormatDevice {
    var link = LinkType.null
    var snapLength: UInt32 = 0
    /// As the file has it: a power of ten, or with the highest bit one of two, that a unit of time is one by.
    var resolution: UInt8 = 6
    /// Seconds to be added to every time.
    var offset: Int64 = 0

    /// From the units of the file.
    @inline(__always)
    func time(_ ticks: UInt64) -> Timestamp {
        if offset == 0 {
            // Below 292 years of nanoseconds nothing overflows.
            if resolution == 6, ticks < 9_223_372_036_854_775 {
                return Timestamp(nanoseconds: Int64(ticks) &* 1000)
            }
            if resolution == 9, let exact = Int64(exactly: ticks) { return Timestamp(nanoseconds: exact) }
        }
        return slowTime(ticks)
    }
    @inline(never)
    private func slowTime(_ ticks: UInt64) -> Timestamp {
        let power = Int(resolution & 0x7f)
        let seconds: UInt64
        let rest: UInt64
        if resolution & 0x80 != 0 {
            seconds = power < 64 ? ticks >> UInt64(power) : 0
            let mask = power < 64 ? (1 << UInt64(power)) &- 1 : UInt64.max
            // The highest 32 bits of the fraction are finer than a nanosecond.
            let fraction = power > 32 ? (ticks & mask) >> UInt64(power &- 32) : (ticks & mask)
            rest = power > 95 ? 0 : (fraction &* 1_000_000_000) >> UInt64(min(power, 32))
        } else if power <= 19 {
            var unit: UInt64 = 1
            for _ in 0..<power { unit &*= 10 }
            seconds = ticks / unit
            let left = ticks % unit
            rest = power <= 9 ? left &* (1_000_000_000 / unit) : left / (unit / 1_000_000_000)
        } else {
            // All 64 bits are less than a second.
            var left = ticks
            for _ in 9..<power { left /= 10 }
            (seconds, rest) = (0, left)
        }
        let (sum, over) = Int64(clamping: seconds).addingReportingOverflow(offset)
        return Timestamp(seconds: over ? (offset < 0 ? .min : .max) : sum, nanoseconds: Int64(clamping: rest))
    }
}
