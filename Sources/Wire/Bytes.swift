/// A byte string of a message: borrowed from the packet it was read from, or its own.
///
/// A borrowed one is a range and costs nothing; it can only be read together with its packet
/// (`View` keeps the two together). `Message.init(copying:)` gives messages that own all bytes.
@frozen public struct Bytes: Hashable, Sendable {
    /// The bytes, when they are owned.
    public var own: [UInt8]?
    @usableFromInline var at: UInt32
    @usableFromInline var length: UInt32

    @inlinable @inline(__always) public init() {
        own = nil
        at = 0
        length = 0
    }
    @inlinable public init(_ bytes: [UInt8]) {
        own = bytes
        at = 0
        length = UInt32(bytes.count)
    }
    @inlinable @inline(__always) init(at: Int, count: Int) {
        own = nil
        self.at = UInt32(truncatingIfNeeded: at)
        length = UInt32(truncatingIfNeeded: count)
    }
    @usableFromInline @inline(never) init(copying s: RawSpan, _ start: Int, _ end: Int) {
        self.init(s.extracting(start..<end).withUnsafeBytes { [UInt8]($0) })
    }
    @inlinable public var count: Int { Int(length) }
    /// True when the bytes live in a packet.
    @inlinable public var isBorrowed: Bool { own == nil && length > 0 }

    /// Reads the bytes; `packet` is ignored when they are owned.
    @inlinable public func withSpan<R>(in packet: RawSpan, _ body: (RawSpan) throws -> R) rethrows -> R {
        if let own { return try body(own.span.bytes) }
        return try body(packet.extracting(Int(at)..<Int(at) + Int(length)))
    }
    /// A copy that needs no packet.
    @inlinable public func owned(in packet: RawSpan) -> Bytes {
        own != nil ? self : withSpan(in: packet) { Bytes($0.withUnsafeBytes { [UInt8]($0) }) }
    }
    /// Empty and owned-empty and borrowed-empty are one value.
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
        if let own { h.combine(own) } else if length > 0 { h.combine(at) }
    }
}

/// A leaf of varying length: `Bytes`, `Text` and `JSONValue`.
public protocol ByteString: Leaf {
    var bytes: Bytes { get }
    init(bytes: Bytes)
}
extension ByteString {
    @inlinable public var number: UInt64 { 0 }
}

extension Bytes: ByteString {
    public static var kind: Kind { .bytes(count: nil) }
    @inlinable @inline(__always) public var bytes: Bytes { self }
    @inlinable @inline(__always) public init(bytes: Bytes) { self = bytes }
    /// Bytes, text of the form `0x5243`; other text is refused rather than guessed at.
    public init?(_ value: Value) {
        switch value {
        case .bytes(let b): self.init(b)
        case .text(let s) where s.hasPrefix("0x"):
            guard let b = [UInt8](hex: s.dropFirst(2)) else { return nil }
            self.init(b)
        default: return nil
        }
    }
    public func value(in packet: RawSpan) -> Value {
        withSpan(in: packet) { .bytes($0.withUnsafeBytes { [UInt8]($0) }) }
    }
}

/// Text. Borrowed from JSON it may still hold escapes; owned it never does.
@frozen public struct Text: ByteString, ExpressibleByStringLiteral {
    public var bytes: Bytes
    /// True while the borrowed bytes hold JSON escapes.
    public var escaped = false
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    @inlinable @inline(__always) init(bytes: Bytes, escaped: Bool) {
        self.bytes = bytes
        self.escaped = escaped
    }
    public init(_ s: String) { bytes = Bytes(Array(s.utf8)) }
    public init(stringLiteral s: String) { self.init(s) }
    @inlinable public var count: Int { bytes.count }
    public static var kind: Kind { .text }
    public init?(_ value: Value) {
        switch value {
        case .text(let s): self.init(s)
        case .bytes(let b): self.init(bytes: Bytes(b))
        default: return nil
        }
    }
    /// The text; `packet` is ignored when it is owned.
    public func string(in packet: RawSpan) -> String {
        bytes.withSpan(in: packet) { s in
            escaped ? JSON.unescape(s) : s.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }
    public func value(in packet: RawSpan) -> Value { .text(string(in: packet)) }
}

/// One JSON value of any type, kept as the text that stood there.
@frozen public struct JSONValue: ByteString {
    public var bytes: Bytes
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    public static var kind: Kind { .json }
    public init?(_ value: Value) { bytes = Bytes(JSON.text(of: value)) }
    public func value(in packet: RawSpan) -> Value { bytes.withSpan(in: packet) { JSON.tree($0) } ?? .null }
}

/// What a message does not know, verbatim and in order: protobuf fields with their tags, or JSON members.
@frozen public struct Unknown: Hashable, Sendable {
    public var items: [Bytes] = []
    @inlinable @inline(__always) public init() {}
}

/// A field that follows from others: a length, a count, a checksum, flag bits.
///
/// Nothing set: computed when encoded. Set (by decoding, or by a test that wants a lie): written as it stands.
@frozen public struct Derived<V: FixedValue>: Hashable, Sendable {
    public var stored: V?
    @inlinable @inline(__always) public init(_ value: V? = nil) { stored = value }
    /// What stands on the wire; zero while unset.
    @inlinable @inline(__always) public var value: V { stored ?? V() }
}
extension Derived where V: FixedWidthInteger {
    /// As a number of things or bytes; never negative, never overflowing.
    @inlinable @inline(__always) public var count: Int { Int(clamping: value) }
}

extension [UInt8] {
    /// From hexadecimal digits; nil when there is anything else.
    public init?(hex s: some StringProtocol) {
        let digits = s.utf8.map { c -> UInt8 in
            switch c {
            case 0x30...0x39: c - 0x30
            case 0x61...0x66: c - 0x57
            case 0x41...0x46: c - 0x37
            default: 255
            }
        }
        guard digits.count % 2 == 0, !digits.contains(255) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
    /// As lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        out.reserveCapacity(count * 2)
        for b in self {
            out.append(digits[Int(b >> 4)])
            out.append(digits[Int(b & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }
}
