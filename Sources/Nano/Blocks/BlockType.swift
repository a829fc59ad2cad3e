public import Wire

/// The type of a block, or none: a byte before a block, or four bits of a header.
public struct BlockType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt8
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The end of a list of blocks. In the headers of `confirm_req` and `confirm_ack`, it means that hashes follow and
    /// no block.
    @inlinable public static var notABlock: Self { Self(rawValue: 1) }
    @inlinable public static var send: Self { Self(rawValue: 2) }
    @inlinable public static var receive: Self { Self(rawValue: 3) }
    @inlinable public static var open: Self { Self(rawValue: 4) }
    @inlinable public static var change: Self { Self(rawValue: 5) }
    @inlinable public static var state: Self { Self(rawValue: 6) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(1, "not_a_block"), CodeName(2, "send"), CodeName(3, "receive"), CodeName(4, "open"),
        CodeName(5, "change"), CodeName(6, "state"),
    ]
    /// Reads the type in bits 0x0f00 of a header.
    @inlinable public init(extensions: UInt16) { rawValue = UInt8(truncatingIfNeeded: extensions >> 8 & 15) }
    /// The type in bits 0x0f00 of a header.
    @inlinable public var extensions: UInt16 { UInt16(rawValue & 15) << 8 }
    /// True for the five types of blocks.
    @inlinable public var isBlock: Bool { rawValue >= 2 && rawValue <= 6 }
}
