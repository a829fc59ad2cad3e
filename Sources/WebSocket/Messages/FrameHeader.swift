public import Wire

/// The header of a frame (RFC 6455, section 5.2): 2 to 14 bytes.
@frozen public struct FrameHeader: Message {
    public static var name: StaticString { "websocket.frame_header" }
    /// 1 in the last or only frame of a message, otherwise 0.
    public var fin: UInt8 = 1
    /// 1 in the first frame of a compressed message (RFC 7692, section 6), otherwise 0.
    public var rsv1: UInt8 = 0
    /// A reserved bit: 0.
    public var rsv2: UInt8 = 0
    /// A reserved bit: 0.
    public var rsv3: UInt8 = 0
    public var opcode = Opcode.text
    /// 1 if a masking key follows.
    public var mask = Derived<UInt8>()
    /// The number of payload bytes up to 125. With 126 or 127, `length16` or `length64` has the number. The shortest
    /// form is required.
    public var length = Derived<UInt8>()
    /// The number of payload bytes if `length` is 126.
    public var length16 = Derived<UInt16>()
    /// The number of payload bytes if `length` is 127; its highest bit must be 0.
    public var length64 = Derived<UInt64>()
    /// The key that masks a client's payload; nil if the payload is not masked.
    public var maskingKey: Fixed<4>?

    @inlinable @inline(__always) public init() {}
    /// Creates a valid header for a payload of `count` bytes.
    public init(fin: Bool = true, rsv1: Bool = false, _ opcode: Opcode, payload count: Int, key: Fixed<4>? = nil) {
        self.fin = fin ? 1 : 0
        self.rsv1 = rsv1 ? 1 : 0
        self.opcode = opcode
        maskingKey = key
        length.stored = Self.shortest(count)
        if length.stored == 126 { length16.stored = UInt16(truncatingIfNeeded: count) }
        if length.stored == 127 { length64.stored = UInt64(count) }
    }
    /// The three forms of the length.
    public static var variants: [Self] {
        [nil, 126, 127].map { (short: UInt8?) in
            var header = Self()
            header.length.stored = short
            return header
        }
    }

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        code(&c, payload: 0)
    }
    /// Codes the header. `payload` is the number of payload bytes, from which the length follows unless it is given.
    @inlinable @inline(__always) @_lifetime(c: copy c)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, payload count: Int) {
        let isMasked: UInt8 = maskingKey == nil ? 0 : 1
        c.bits("fin", &fin, 0..<1, of: 16)
        c.bits("rsv1", &rsv1, 1..<2, of: 16)
        c.bits("rsv2", &rsv2, 2..<3, of: 16)
        c.bits("rsv3", &rsv3, 3..<4, of: 16)
        c.bits("opcode", &opcode, 4..<8, of: 16)
        c.bits("mask", &mask, 8..<9, of: 16, computed: isMasked)
        c.bits("length", &length, 9..<16, of: 16, computed: Self.shortest(count))
        if length.value == 126 {
            c.derived("length16", &length16, UInt16(truncatingIfNeeded: count))
        } else if length.value == 127 {
            c.derived("length64", &length64, UInt64(truncatingIfNeeded: count))
            let top = length64.value >> 63
            c.require("length64", top == 0, top)
        }
        c.optional("masking_key", &maskingKey, present: mask.value == 1)
    }
    /// The size of the longest header in bytes.
    static let largest = 14
    /// Returns the value of the 7 bits for a payload of `count` bytes, in the shortest form.
    @usableFromInline static func shortest(_ count: Int) -> UInt8 {
        count < 126 ? UInt8(truncatingIfNeeded: count) : count <= 0xffff ? 126 : 127
    }
    /// The number of payload bytes according to the header.
    @inlinable public var payloadCount: UInt64 {
        switch length.value {
        case 126: UInt64(length16.value)
        case 127: length64.value
        default: UInt64(length.value)
        }
    }
    /// The name of the field that holds this number.
    @usableFromInline var claiming: StaticString {
        length.value == 127 ? "length64" : length.value == 126 ? "length16" : "length"
    }
    /// True if the length has its shortest form, as RFC 6455, section 5.2 requires.
    @inlinable public var isMinimal: Bool {
        switch length.value {
        case 126: length16.value > 125
        case 127: length64.value > 0xffff
        default: true
        }
    }
}
