/// A byte string of a message. It borrows from the packet it was read from, or it owns its bytes.
///
/// A borrowed byte string is a range and costs no allocation. It can only be read together with its packet (`View`
/// keeps the two together). `Message.init(copying:)` creates messages that own all bytes.
@frozen public struct Bytes: Hashable, Sendable {
    @usableFromInline var stored: [UInt8]?
    @usableFromInline var at: UInt32
    @usableFromInline var length: UInt32

    /// Creates an empty byte string.
    @inlinable @inline(__always) public init() {
        stored = nil
        at = 0
        length = 0
    }
    /// Creates a byte string that owns its bytes. Bytes beyond 4 GiB are left out; no message has that many.
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
    /// The bytes, if they are owned.
    @inlinable public var own: [UInt8]? { stored }
    @inlinable public var count: Int { Int(length) }
    /// True if the bytes are in a packet.
    @inlinable public var isBorrowed: Bool { own == nil && length > 0 }

    /// Reads the bytes. `packet` must be the packet that they were read from; it is ignored if they are owned.
    @inlinable public func withSpan<R>(in packet: RawSpan, _ body: (RawSpan) throws -> R) rethrows -> R {
        if let own { return try body(own.span.bytes) }
        if length == 0 { return try body(RawSpan()) }
        return try body(packet.extracting(Int(at)..<Int(at) + Int(length)))
    }
    /// Returns a copy that needs no packet.
    @inlinable public func owned(in packet: RawSpan) -> Bytes {
        own != nil ? self : withSpan(in: packet) { Bytes([UInt8]($0)) }
    }
    /// Returns the bytes as an array; `packet` is used as for `withSpan`.
    public func array(in packet: RawSpan = RawSpan()) -> [UInt8] { own ?? withSpan(in: packet) { [UInt8]($0) } }
    /// Compares two byte strings. All empty byte strings are equal, owned or borrowed. Two borrowed ones are equal only
    /// if their ranges are.
    @inlinable public static func == (a: Bytes, b: Bytes) -> Bool {
        guard a.length == b.length else { return false }
        if a.length == 0 { return true }
        switch (a.own, b.own) {
        case (let x?, let y?): return x == y
        case (nil, nil): return a.at == b.at
        default: return false
        }
    }
    @inlinable public func hash(into h: inout Hasher) {
        h.combine(length)
        if length == 0 { return }
        if let own { h.combine(own) } else { h.combine(at) }
    }
}

/// A leaf of varying length: `Bytes`, `Text` and `JSONValue`.
public protocol ByteString: Leaf {
    var bytes: Bytes { get }
    init(bytes: Bytes)
}

extension ByteString {
    /// 0, because a byte string is not a number.
    @inlinable public var number: UInt64 { 0 }
}

extension Bytes: ByteString {
    /// The kind: bytes of any length.
    public static var kind: Kind { .bytes(count: nil) }
    /// The byte string itself.
    @inlinable @inline(__always) public var bytes: Bytes { self }
    /// Creates a copy.
    @inlinable @inline(__always) public init(bytes: Bytes) { self = bytes }
    /// Creates a byte string from bytes, or from text of the form `0x5243`; other text is refused rather than guessed
    /// at.
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
    /// Returns the bytes. `number` is the key of masked bytes, its first byte lowest; otherwise 0.
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value {
        .bytes(number == 0 ? [UInt8](bytes) : Mask.copy(bytes, UInt32(truncatingIfNeeded: number)))
    }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .hex }
}

extension [UInt8] {
    /// Copies the bytes of a span.
    @inlinable public init(_ s: RawSpan) { self = s.withUnsafeBytes { [UInt8]($0) } }
}
