public import Wire

/// What a frame is (RFC 6455, section 5.2): 4 bits. Numbers without a name are reserved.
@frozen public struct Opcode: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The next frame of a message that began before.
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
    /// Whether it is a control frame, known or reserved: 0x8 and above.
    @inlinable public var isControl: Bool { rawValue & 0x8 != 0 }
    /// Whether the RFC gives it a meaning.
    @inlinable public var isKnown: Bool { rawValue <= 0x2 || rawValue >= 0x8 && rawValue <= 0xa }
}
