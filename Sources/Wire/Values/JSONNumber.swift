/// A JSON number of any size, with or without fraction and exponent, kept as its original text.
@frozen public struct JSONNumber: ByteString {
    public var bytes: Bytes
    /// Creates an empty text, which is not a number; an encoding with it is not JSON.
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// Creates a number from its text, which is not checked.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    public static var kind: Kind { .float }
    /// Creates a number from a number, or from text of one.
    public init?(_ value: Value) {
        switch value {
        case .uint(let n): self.init(String(n))
        case .int(let n): self.init(String(n))
        case .decimal(let s) where JSON.isNumber(s), .text(let s) where JSON.isNumber(s): self.init(s)
        default: return nil
        }
    }
    private init(_ text: String) { bytes = Bytes(Array(text.utf8)) }
    /// Returns an integer if the text is a 64-bit integer, otherwise the text unchanged.
    public func value(in packet: RawSpan) -> Value { bytes.withSpan(in: packet) { JSON.tree($0) } ?? .null }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { JSON.tree(bytes) ?? .null }
}
