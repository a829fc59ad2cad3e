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
        let (scaled, power) = (UInt128(ticks) * 1_000_000_000, Int(resolution & 0x7f))
        let nanoseconds: UInt128
        if resolution & 0x80 != 0 {
            nanoseconds = scaled >> power
        } else {
            // Of finer units than 39 digits 64 bits are less than a nanosecond.
            nanoseconds = power > 38 ? 0 : (0..<power).reduce(scaled) { n, _ in n / 10 }
        }
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let (sum, over) = Int64(clamping: seconds).addingReportingOverflow(offset)
        return Timestamp(seconds: over ? (offset < 0 ? .min : .max) : sum, nanoseconds: Int64(clamping: rest))
    }
}
