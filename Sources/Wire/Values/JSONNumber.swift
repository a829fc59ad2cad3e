/// A JSON number of any size, with or without fraction and exponent, kept as the text that stood there.
@frozen public struct JSONNumber: ByteString {
    public var bytes: Bytes
    /// No number; an encoding with it is not JSON.
    @inlinable @inline(__always) public init() { bytes = Bytes() }
    /// From the text of a number, which is not checked.
    @inlinable @inline(__always) public init(bytes: Bytes) { self.bytes = bytes }
    public static var kind: Kind { .float }
    /// A number, or text of one.
    public init?(_ value: Value) {
        switch value {
        case .uint(let n): self.init(String(n))
        case .int(let n): self.init(String(n))
        case .decimal(let s) where JSON.isNumber(s), .text(let s) where JSON.isNumber(s): self.init(s)
        default: return nil
        }
    }
    private init(_ text: String) { bytes = Bytes(Array(text.utf8)) }
    /// An integer when it is written as one of 64 bits, else as it stands.
    public func value(in packet: RawSpan) -> Value { bytes.withSpan(in: packet) { JSON.tree($0) } ?? .null }
    public static func value(of number: UInt64, _ bytes: RawSpan, isJSON: Bool) -> Value { JSON.tree(bytes) ?? .null }
}
