/// A byte string of fixed length: keys, hashes, signatures, addresses. Plain data, always copied.
@frozen public struct Fixed<let n: Int>: FixedValue, BitwiseCopyable {
    public var bytes: InlineArray<n, UInt8>
    /// Creates zeros.
    @inlinable @inline(__always) public init() { bytes = InlineArray(repeating: 0) }
    /// Creates a string that repeats one byte.
    @inlinable public init(repeating byte: UInt8) { bytes = InlineArray(repeating: byte) }
    @inlinable public init(_ bytes: InlineArray<n, UInt8>) { self.bytes = bytes }
    /// Creates a value from bytes; nil if their number is not `n`.
    public init?(_ own: some Collection<UInt8>) {
        self.init(array: Array(own))
    }
    private init?(array: [UInt8]) {
        guard array.count == n else { return nil }
        self = array.withUnsafeBytes { $0.loadUnaligned(as: Self.self) }
    }
    /// The kind: bytes of this number.
    public static var kind: Kind { .bytes(count: n) }
    /// Creates a value from `n` bytes, or from hexadecimal text of them.
    public init?(_ value: Value) {
        guard let own = Bytes(value)?.own else { return nil }
        self.init(array: own)
    }
    /// The bytes as an array.
    public var array: [UInt8] { withUnsafeBytes(of: self) { [UInt8]($0) } }
    public func value(in packet: RawSpan) -> Value { .bytes(array) }
    /// 0, because a byte string is not a number.
    @inlinable public var number: UInt64 { 0 }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { .bytes([UInt8](bytes)) }
    @inlinable @inline(__always) public static var jsonForm: JSONForm { .hex }
    @inlinable @inline(__always) public static var byteCount: Int { n }
    /// Returns the bytes at an offset; their order does not depend on `encoding`.
    @inlinable @inline(__always) public static func load(_ s: RawSpan, _ at: Int, _ encoding: Encoding) -> Self {
        s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Self.self)
    }
    @inlinable @inline(__always) public func store(_ p: UnsafeMutableRawPointer, _ encoding: Encoding) {
        p.storeBytes(of: self, as: Self.self)
    }
    /// Returns nil, because a varint is not a byte string.
    @inlinable public init?(varint: UInt64) { nil }
    /// Compares eight bytes at a time; not in constant time.
    @inlinable @inline(__always) public static func == (a: Self, b: Self) -> Bool {
        let (x, y) = (a.bytes.span.bytes, b.bytes.span.bytes)
        var at = 0
        // No word reaches beyond the `n` bytes of either.
        while n &- at >= 8 {
            let one = unsafe x.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
            guard unsafe one == y.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self) else {
                return false
            }
            at &+= 8
        }
        while at < n {
            guard a.bytes[at] == b.bytes[at] else { return false }
            at &+= 1
        }
        return true
    }
    @inlinable public func hash(into h: inout Hasher) { bytes.span.bytes.withUnsafeBytes { h.combine(bytes: $0) } }
}

/// A public key, a hash or a cookie.
public typealias Key32 = Fixed<32>
/// An Ed25519 signature.
public typealias Signature64 = Fixed<64>
