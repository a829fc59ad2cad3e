/// The reason why reading stopped, in the form that the reader passes to the trace.
public struct Fault: Sendable {
    /// A kind of fault.
    public enum Reason: String, Equatable, Sendable {
        /// The bytes, or a claimed length, end before the field does.
        case truncated
        /// Bytes are left after the message, or inside a claimed length.
        case trailing
        /// A value that the format does not allow there.
        case illegal
        /// A varint longer than 64 bits.
        case overlong
        /// The bytes are not JSON.
        case syntax
        /// The JSON value has a different type than the member.
        case wrongType
        /// Messages are nested more than `Reader.maximumDepth` deep.
        case tooDeep
        /// There are more bytes than `Reader.maximumCount`.
        case tooLong
        /// The decoder refused, but the locator accepted: a defect of this library or of a message's `code`.
        case unexplained
    }
    /// The kind of fault.
    public var reason: Reason
    /// The field in which the fault was found.
    public var field: StaticString
    /// The byte offset; negative: the offset of the last field.
    public var offset: Int
    /// The number of bytes needed (truncated), the type expected (wrongType), the number expected (illegal; 0 if it
    /// is unknown).
    public var wanted: UInt64
    /// The number of bytes present (truncated, trailing), or the value found.
    public var had: UInt64
    /// The field that claimed the length; empty if no field did.
    public var by: StaticString
    /// The legal value, if it is known, and the actual value, for people. Only for an illegal value.
    public var legal: LegalValue?
    @inlinable public init(
        _ reason: Reason, in field: StaticString, at offset: Int, wanted: UInt64, had: UInt64, by: StaticString = "",
        legal: LegalValue? = nil
    ) {
        self.legal = legal
        self.reason = reason
        self.field = field
        self.offset = offset
        self.wanted = wanted
        self.had = had
        self.by = by
    }
}

/// The error for refused bytes.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault.
    public var reason: Fault.Reason
    /// The field path, such as `response.signature` or `publish[0].from`; empty for the message as a whole.
    public var path: String
    /// The byte offset from the beginning of the message.
    public var offset: Int
    /// The number of bytes needed (truncated), the maximum number of bytes (tooLong), the JSON type expected
    /// (wrongType), the number expected (illegal; 0 if it is unknown).
    public var wanted: UInt64
    /// The number of bytes present (truncated, trailing, tooLong), or the value found.
    public var had: UInt64
    /// The field that claimed the length, if a field did.
    public var claimedBy: String?
    /// The legal value, if it is known, and the actual value, for people. Only for an illegal value.
    public var legal: LegalValue?

    /// Creates an error, for framings that refuse bytes themselves.
    public init(
        reason: Fault.Reason, path: String, offset: Int, wanted: UInt64 = 0, had: UInt64 = 0, claimedBy: String? = nil,
        legal: LegalValue? = nil
    ) {
        self.legal = legal
        self.reason = reason
        self.path = path
        self.offset = offset
        self.wanted = wanted
        self.had = had
        self.claimedBy = claimedBy
    }
    /// The error in one line, such as `response.signature at 136: wants 64 bytes, has 14`.
    public var description: String {
        let by = claimedBy.map { " (length claimed by \($0))" } ?? ""
        let at = path.isEmpty ? "at \(offset)" : "\(path) at \(offset)"
        switch reason {
        case .truncated: return "\(at): wants \(Self.bytes(wanted)), has \(had)\(by)"
        case .trailing: return "\(at): \(Self.bytes(had)) left over\(by)"
        case .illegal: return "\(at): " + (legal?.description ?? "illegal value \(had)")
        case .overlong: return "\(at): varint longer than 64 bits"
        case .syntax: return "\(at): not JSON, found byte 0x\(String(had, radix: 16))"
        case .wrongType:
            return "\(at): wrong JSON type, wants \(JSONType(rawValue: UInt8(clamping: wanted))?.name ?? "")"
        case .tooDeep: return "\(at): nested more than \(wanted) deep"
        case .tooLong: return "\(had) bytes, more than \(wanted)"
        case .unexplained: return "refused, but no fault found in \(Self.bytes(had))"
        }
    }
    private static func bytes(_ n: UInt64) -> String { n == 1 ? "1 byte" : "\(n) bytes" }
}
