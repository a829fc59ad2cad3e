/// Writes JSON text into memory that is there. Whoever writes has asked `has` before, where nothing else is said.
struct TextPointer {
    private let base: UnsafeMutablePointer<UInt8>
    private let room: Int
    /// Bytes written.
    private(set) var count = 0

    init(_ base: UnsafeMutablePointer<UInt8>, room: Int) {
        self.base = base
        self.room = room
    }
    /// True when so many bytes fit.
    @inline(__always)
    func has(_ more: Int) -> Bool { room &- count >= more }
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        (base + count).initialize(to: byte)
        count &+= 1
    }
    /// A short constant.
    mutating func put(_ text: StaticString) {
        (base + count).initialize(from: text.utf8Start, count: text.utf8CodeUnitCount)
        count &+= text.utf8CodeUnitCount
    }
    /// All of these bytes, or none and false.
    mutating func put(_ bytes: [UInt8]) -> Bool {
        // What follows has asked for its own room.
        guard has(bytes.count &+ 48) else { return false }
        bytes.withUnsafeBufferPointer { from in
            guard let start = from.baseAddress else { return }
            (base + count).initialize(from: start, count: from.count)
        }
        count &+= bytes.count
        return true
    }
    /// A member's name in quotes, and a colon; false when it would have to be escaped.
    mutating func put(name: StaticString) -> Bool {
        let start = name.utf8Start
        put(UInt8(ascii: "\""))
        var isPlain = true
        for i in 0..<name.utf8CodeUnitCount {
            let c = start[i]
            if c < 0x20 || c == 0x22 || c == 0x5c { isPlain = false }
            (base + (count &+ i)).initialize(to: c)
        }
        count &+= name.utf8CodeUnitCount
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        return isPlain
    }
    /// A number; beyond 2^53 as text, as `ValueJSON` writes it for reports.
    mutating func put(_ n: UInt64) {
        let isWide = n > 1 << 53
        if isWide { put(UInt8(ascii: "\"")) }
        digits(n)
        if isWide { put(UInt8(ascii: "\"")) }
    }
    mutating func put(_ n: Int64) {
        let isWide = n.magnitude > 1 << 53
        if isWide { put(UInt8(ascii: "\"")) }
        if n < 0 { put(UInt8(ascii: "-")) }
        digits(n.magnitude)
        if isWide { put(UInt8(ascii: "\"")) }
    }
    private mutating func digits(_ n: UInt64) {
        var size = 1
        var limit: UInt64 = 10
        while n >= limit {
            size &+= 1
            let (next, over) = limit.multipliedReportingOverflow(by: 10)
            if over { break }
            limit = next
        }
        var rest = n
        var i = size
        repeat {
            i &-= 1
            (base + (count &+ i)).initialize(to: 0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while i > 0
        count &+= size
    }
    /// Bytes of the packet as lower-case hexadecimal digits in quotes.
    mutating func put(hex packet: RawSpan, _ range: Range<Int>) {
        put(UInt8(ascii: "\""))
        packet.extracting(range).withUnsafeBytes { bytes in
            let to = UnsafeMutableRawPointer(base) + count
            var i = 0
            // Four bytes at a time: each nibble into a byte of its own, then all eight to digits at once.
            while i &+ 4 <= bytes.count {
                let four = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt32.self)))
                to.storeBytes(of: Self.digits(four).littleEndian, toByteOffset: 2 &* i, as: UInt64.self)
                i &+= 4
            }
            while i < bytes.count {
                let two = Self.digits(UInt64(bytes[i]))
                to.storeBytes(
                    of: UInt16(truncatingIfNeeded: two).littleEndian, toByteOffset: 2 &* i, as: UInt16.self)
                i &+= 1
            }
            count &+= 2 &* bytes.count
        }
        put(UInt8(ascii: "\""))
    }
    @inline(__always)
    private static func digits(_ four: UInt64) -> UInt64 {
        var x = (four | four << 16) & 0x0000_ffff_0000_ffff
        x = (x | x << 8) & 0x00ff_00ff_00ff_00ff
        // The high nibble's digit stands first.
        x = (x >> 4 | x << 8) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (x &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return x &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}
