/// A byte string of a message: borrowed from the packet it was read from, or its own.
///
/// A borrowed one is a range and costs nothing; it can only be read together with its packet
/// (`View` keeps the two together). `Message.init(copying:)` gives messages that own all bytes.
@frozen public struct Bytes: Hashable, Sendable {
    @usableFromInline var stored: [UInt8]?
    @usableFromInline var at: UInt32
    @usableFromInline var length: UInt32

    /// No bytes.
    @inlinable @inline(__always) public init() {
        stored = nil
        at = 0
        length = 0
    }
    /// Bytes of its own. More than 4 GiB are no part of any message; what is beyond is left out.
    @inlinable public init(_ bytes: [UInt8]) {
        let most = Int(UInt32.max)
        stored = bytes.count <= most ? bytes : Array(bytes[..<most])
        at = 0
        length = UInt32(clamping: bytes.count)
    }
    @inlinable @inline(__always) init(at: Int, count: Int) {
        stored = nil
        self.at = UInt32(truncatingIfNeeded: at)
        length = UInt32(truncatingIfNeeded: count)
    }
    @usableFromInline @inline(never) init(copying s: RawSpan, _ start: Int, _ end: Int) {
        self.init([UInt8](s.extracting(start..<end)))
    }
    /// The bytes, when they are owned.
    @inlinable public var own: [UInt8]? { stored }
    @inlinable public var count: Int { Int(length) }
    /// True when the bytes live in a packet.
    @inlinable public var isBorrowed: Bool { own == nil && length > 0 }

    /// Reads the bytes; `packet` is ignored when they are owned, and must be the packet they were read from when not.
    @inlinable public func withSpan<R>(in packet: RawSpan, _ body: (RawSpan) throws -> R) rethrows -> R {
        if let own { return try body(own.span.bytes) }
        if length == 0 { return try body(RawSpan()) }
        return try body(packet.extracting(Int(at)..<Int(at) + Int(length)))
    }
    /// A copy that needs no packet.
    @inlinable public func owned(in packet: RawSpan) -> Bytes {
        own != nil ? self : withSpan(in: packet) { Bytes([UInt8]($0)) }
    }
    /// The bytes as an array; `packet` as for `withSpan`.
    public func array(in packet: RawSpan = RawSpan()) -> [UInt8] { own ?? withSpan(in: packet) { [UInt8]($0) } }
    /// Empty and owned-empty and borrowed-empty are one value. Two borrowed ones are equal only as equal ranges.
    @inlinable public static func == (a: Bytes, b: Bytes) -> Bool {
        guard a.length == b.length else { return false }
        if a.length == 0 { return true }
        switch (a.own, b.own) {
        case (let x?, let y?): return x == y
        case (nil, nil): return a.at == b.at
        default: return false
        }
    }
    /// As `==` compares.
    @inlinable public func hash(into h: inout Hasher) {
        h.combine(length)
        if length == 0 { return }
        if let own { h.combine(own) } else { h.combine(at) }
    }
}

/// A leaf of varying length: `Bytes`, `Text` and `JSONValue`.
public protocol ByteString: Leaf {
    var bytes: Bytes { get }
    /// From bytes.
    init(bytes: Bytes)
}

extension ByteString {
    /// No number: 0.
    @inlinable public var number: UInt64 { 0 }
}

extension Bytes: ByteString {
    /// Bytes of any number.
    public static var kind: Kind { .bytes(count: nil) }
    /// Itself.
    @inlinable @inline(__always) public var bytes: Bytes { self }
    /// The same.
    @inlinable @inline(__always) public init(bytes: Bytes) { self = bytes }
    /// Bytes, or text of the form `0x5243`; other text is refused rather than guessed at.
    public init?(_ value: Value) {
        switch value {
        case .bytes(let b): self.init(b)
        case .text(let s):
            guard s.utf8.starts(with: [0x30, 0x78]), let b = [UInt8](hex: s.dropFirst(2)) else { return nil }
            self.init(b)
        default: return nil
        }
    }
    public func value(in packet: RawSpan) -> Value { .bytes(array(in: packet)) }
    /// `number`: the key of bytes that are masked, its first byte lowest, else 0.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        .bytes(number == 0 ? [UInt8](bytes) : Mask.copy(bytes, UInt32(truncatingIfNeeded: number)))
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .hex }
}

extension [UInt8] {
    /// A copy of the bytes of a span.
    @inlinable public init(_ s: RawSpan) { self = s.withUnsafeBytes { [UInt8]($0) } }
}
