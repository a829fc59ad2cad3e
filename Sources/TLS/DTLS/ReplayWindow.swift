/// The numbers of the records that were received (RFC 6347, section 4.1.2.6): all below a window, and single ones in it.
struct ReplayWindow {
    /// The number of records that the window holds.
    private static let count: UInt64 = 1024
    /// One more than the highest number; 0 before the first one.
    private var end: UInt64 = 0
    private var bits: InlineArray<16, UInt64> = .init(repeating: 0)

    /// Returns true if the number was not received before. Numbers below the window count as new, because a capture
    /// may have them in any order.
    mutating func insert(_ number: UInt64) -> Bool {
        if number >= end {
            let passed = number - end
            if passed >= Self.count {
                bits = .init(repeating: 0)
            } else {
                for n in 0..<passed { set(end + n, false) }
            }
            end = number &+ 1
            set(number, true)
            return true
        }
        guard end - number <= Self.count else { return true }
        let (word, bit) = Self.place(number)
        guard bits[word] & bit == 0 else { return false }
        set(number, true)
        return true
    }
    private mutating func set(_ number: UInt64, _ isOn: Bool) {
        let (word, bit) = Self.place(number)
        if isOn { bits[word] |= bit } else { bits[word] &= ~bit }
    }
    private static func place(_ number: UInt64) -> (word: Int, bit: UInt64) {
        let index = number % count
        return (Int(index / 64), 1 << (index % 64))
    }
}
