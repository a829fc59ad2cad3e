/// A memory buffer for text. Each write takes a few instructions. An array would check for every byte if it owns its
/// memory and if the memory is long enough.
///
/// Bytes that do not fit are left out, and so are all later bytes (`isFull`).
@frozen public struct OutputBuffer {
    @usableFromInline let memory: UnsafeMutableRawBufferPointer
    /// The number of bytes written.
    public private(set) var count = 0
    /// The maximum number of bytes; negative after the buffer became full.
    @usableFromInline private(set) var capacity: Int
    /// True if some bytes did not fit.
    public var isFull: Bool { capacity < 0 }

    /// Creates a buffer without memory.
    @inlinable init() { self.init(UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
    @inlinable init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory
        capacity = memory.count
    }
    /// Returns true if `more` bytes fit. If not, the buffer is full from then on.
    @inline(__always)
    mutating func fits(_ more: Int) -> Bool {
        if capacity &- count >= more { return true }
        capacity = -1
        return false
    }
    /// Drops all but the first `count` bytes.
    public mutating func cut(to count: Int) { self.count = min(count, self.count) }

    /// Returns the text from `start` on.
    public func text(from start: Int) -> String { String(decoding: memory[min(start, count)..<count], as: UTF8.self) }
    /// Returns true if the text from `start` on has only visible ASCII and blanks.
    public func isPlain(from start: Int) -> Bool {
        JSON.isPrintable(UnsafeRawBufferPointer(rebasing: memory[min(start, count)..<count]))
    }
    /// Appends a byte.
    @inline(__always)
    public mutating func put(_ byte: UInt8) { if fits(1) { putUnchecked(byte) } }
    public mutating func put(_ text: StaticString) {
        let size = text.utf8CodeUnitCount
        guard fits(size) else { return }
        memory.baseAddress?.advanced(by: count).copyMemory(from: text.utf8Start, byteCount: size)
        count &+= size
    }
    public mutating func put(_ bytes: [UInt8]) { bytes.withUnsafeBytes { put($0) } }
    public mutating func put(text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard fits(bytes.count), let from = bytes.baseAddress else { return }
        memory.baseAddress?.advanced(by: count).copyMemory(from: from, byteCount: bytes.count)
        count &+= bytes.count
    }
    /// Appends a number in decimal digits.
    public mutating func put(_ n: UInt64) { if fits(20) { putUnchecked(n) } }
    /// Appends a number in decimal digits, with a minus sign if it is below zero.
    public mutating func put(_ n: Int) {
        if n < 0 { put(UInt8(ascii: "-")) }
        put(UInt64(n.magnitude))
    }
    /// Appends two digits; for a longer number the last two.
    public mutating func put(twoDigits n: UInt64) { if fits(2) { putUnchecked(twoDigits: n % 100) } }

    /// Appends the lower-case hexadecimal digits of bytes.
    public mutating func put(hex bytes: RawSpan) { bytes.withUnsafeBytes { put(hex: $0) } }
    /// Appends the lower-case hexadecimal digits of bytes.
    mutating func put(hex bytes: UnsafeRawBufferPointer) { if fits(2 &* bytes.count) { putUnchecked(hex: bytes) } }

    // The unchecked functions require that the caller has called `fits` for the bytes that it writes.

    @inline(__always)
    mutating func putUnchecked(_ byte: UInt8) {
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }
    /// Appends the first `size` of 32 bytes. There must be room for all 32.
    @inline(__always)
    mutating func putUnchecked(_ text: SIMD32<UInt8>, _ size: Int) {
        memory.storeBytes(of: text, toByteOffset: count, as: SIMD32<UInt8>.self)
        count &+= size
    }
    @inline(__always)
    mutating func putUnchecked(twoDigits n: UInt64) {
        let pair = 0x3030 &+ UInt16(truncatingIfNeeded: n / 10) &+ UInt16(truncatingIfNeeded: n % 10) << 8
        memory.storeBytes(of: pair.littleEndian, toByteOffset: count, as: UInt16.self)
        count &+= 2
    }
    @inline(__always)
    mutating func putUnchecked(_ n: UInt64) {
        if n < 10 { putUnchecked(0x30 &+ UInt8(truncatingIfNeeded: n)) } else { putLong(n) }
    }
    /// Writes the number from the last digit to the first, two at a time.
    private mutating func putLong(_ n: UInt64) {
        let size = Self.digits(of: n)
        let end = count &+ size
        var rest = n
        count = end
        while rest >= 10 {
            count &-= 2
            let next = rest / 100
            putUnchecked(twoDigits: rest &- next &* 100)
            count &-= 2
            rest = next
        }
        if end &- size < count {
            count &-= 1
            putUnchecked(0x30 &+ UInt8(truncatingIfNeeded: rest))
        }
        count = end
    }
    private static func digits(of n: UInt64) -> Int {
        var size = 1
        var limit: UInt64 = 10
        while n >= limit {
            size &+= 1
            let (next, over) = limit.multipliedReportingOverflow(by: 10)
            if over { break }
            limit = next
        }
        return size
    }
    /// Appends lower-case hexadecimal digits, two for each byte.
    @inline(__always)
    mutating func putUnchecked(hex bytes: UnsafeRawBufferPointer) {
        var i = 0
        while i &+ 16 <= bytes.count {
            let x = bytes.loadUnaligned(fromByteOffset: i, as: SIMD16<UInt8>.self)
            var digits = SIMD32<UInt8>()
            // The digit of the high nibble is first.
            digits.evenHalf = Self.hex(x &>> SIMD16(repeating: 4))
            digits.oddHalf = Self.hex(x & SIMD16(repeating: 15))
            putUnchecked(digits, 32)
            i &+= 16
        }
        while i &+ 4 <= bytes.count {
            let four = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt32.self)))
            memory.storeBytes(of: Self.hex(four).littleEndian, toByteOffset: count, as: UInt64.self)
            count &+= 8
            i &+= 4
        }
        while i < bytes.count {
            let two = UInt16(truncatingIfNeeded: Self.hex(UInt64(bytes[i])))
            memory.storeBytes(of: two.littleEndian, toByteOffset: count, as: UInt16.self)
            count &+= 2
            i &+= 1
        }
    }
    /// Returns the digits of nibbles. Each operation becomes one instruction; comparisons would not.
    @inline(__always)
    private static func hex(_ nibbles: SIMD16<UInt8>) -> SIMD16<UInt8> {
        let isLetter = (nibbles &+ SIMD16(repeating: 6)) &>> SIMD16(repeating: 4)
        return nibbles &+ SIMD16(repeating: 0x30) &+ ((SIMD16() &- isLetter) & SIMD16(repeating: 0x27))
    }
    /// Returns the digits of four bytes: it spreads the nibbles over eight bytes, then converts all eight at once.
    @inline(__always)
    private static func hex(_ four: UInt64) -> UInt64 {
        var x = (four | four << 16) & 0x0000_ffff_0000_ffff
        x = (x | x << 8) & 0x00ff_00ff_00ff_00ff
        x = (x >> 4 | x << 8) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (x &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return x &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}

extension [UInt8] {
    /// Appends the text that `body` writes. `body` is called with room for `room` bytes. As long as that is not enough,
    /// it is called again with four times the room.
    public mutating func write(room: Int, _ body: (inout OutputBuffer) -> Void) {
        var room = Swift.max(room, 64)
        while true {
            var isDone = false
            append(addingCapacity: room) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    let free = UnsafeMutableRawBufferPointer(buffer)[count...]
                    var text = OutputBuffer(UnsafeMutableRawBufferPointer(rebasing: free))
                    body(&text)
                    guard !text.isFull else { return }
                    isDone = true
                    count &+= text.count
                }
            }
            if isDone { return }
            let (next, over) = room.multipliedReportingOverflow(by: 4)
            if over { return }
            room = next
        }
    }
}
