/// The properties of a pcapng device that its packets need.
struct FormatDevice {
    var link = LinkType.null
    var snapLength: UInt32 = 0
    /// The resolution byte of the file: a tick is 10^-n seconds, or 2^-n seconds if the highest bit is set.
    var resolution: UInt8 = 6
    /// The number of seconds to add to every time.
    var offset: Int64 = 0

    /// Converts ticks of the file to a time.
    @inline(__always)
    func time(_ ticks: UInt64) -> Timestamp {
        if offset == 0 {
            // Below 292 years in nanoseconds nothing overflows.
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
            // Ticks of 10^-39 seconds or finer: 64 bits of them are less than a nanosecond.
            nanoseconds = power > 38 ? 0 : (0..<power).reduce(scaled) { n, _ in n / 10 }
        }
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let (sum, over) = Int64(clamping: seconds).addingReportingOverflow(offset)
        return Timestamp(seconds: over ? (offset < 0 ? .min : .max) : sum, nanoseconds: Int64(clamping: rest))
    }
}
