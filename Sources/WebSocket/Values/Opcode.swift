public import Wire

/// The type of a frame (RFC 6455, section 5.2): 4 bits. Numbers without a name are reserved.
@frozen public struct Opcode: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A further frame of a message that has begun.
    public static let continuation = Self(rawValue: 0x0)
    public static let text = Self(rawValue: 0x1)
    public static let binary = Self(rawValue: 0x2)
    public static let close = Self(rawValue: 0x8)
    public static let ping = Self(rawValue: 0x9)
    public static let pong = Self(rawValue: 0xa)
    public static let names = [
        CodeName(0x0, "continuation"), CodeName(0x1, "text"), CodeName(0x2, "binary"), CodeName(0x8, "close"),
        CodeName(0x9, "ping"), CodeName(0xa, "pong"),
    ]
    /// True for a control frame, known or reserved: 0x8 and above.
    @inlinable public var isControl: Bool { rawValue & 0x8 != 0 }
    /// True if the RFC defines the opcode.
    @inlinable public var isKnown: Bool { rawValue <= 0x2 || rawValue >= 0x8 && rawValue <= 0xa }
}
