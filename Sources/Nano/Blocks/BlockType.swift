public import Wire

/// Which of the five blocks, or none: a byte before a block, or four bits of a header.
public struct BlockType: CodePoint {
    /// As on the wire.
    public var rawValue: UInt8
    /// Any number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Ends a list of blocks; in the headers of `confirm_req` and `confirm_ack`: hashes follow and no block.
    @inlinable public static var notABlock: Self { Self(rawValue: 1) }
    /// `send`
    @inlinable public static var send: Self { Self(rawValue: 2) }
    /// `receive`
    @inlinable public static var receive: Self { Self(rawValue: 3) }
    /// `open`
    @inlinable public static var open: Self { Self(rawValue: 4) }
    /// `change`
    @inlinable public static var change: Self { Self(rawValue: 5) }
    /// `state`
    @inlinable public static var state: Self { Self(rawValue: 6) }
    /// Those that have a name.
    public static let names = [
        CodeName(1, "not_a_block"), CodeName(2, "send"), CodeName(3, "receive"), CodeName(4, "open"),
        CodeName(5, "change"), CodeName(6, "state"),
    ]
    /// The one in bits 0x0f00 of a header.
    @inlinable public init(extensions: UInt16) { rawValue = UInt8(truncatingIfNeeded: extensions >> 8 & 15) }
    /// In bits 0x0f00 of a header.
    @inlinable public var extensions: UInt16 { UInt16(rawValue & 15) << 8 }
    /// One of the five.
    @inlinable public var isBlock: Bool { rawValue >= 2 && rawValue <= 6 }
}
