/// Why reading stopped, as the reader leaves it for the trace.
public struct Fault: Sendable {
    /// What kind of fault.
    public enum Reason: String, Equatable, Sendable {
        /// The bytes end, or a claimed length does, before the field does.
        case truncated
        /// Bytes are left behind the message, or inside a claimed length.
        case trailing
        /// A value that the format does not allow there.
        case illegal
        /// A varint longer than 64 bits.
        case overlong
        /// Not JSON.
        case syntax
        /// JSON of another type than the member has.
        case wrongType
        /// Messages nested more than `Reader.maximumDepth` deep.
        case tooDeep
        /// More bytes than `Reader.maximumCount`.
        case tooLong
        /// Refused by the decoder, accepted by the locator: a defect of this library or of a message's `code`.
        case unexplained
    }
    /// What kind.
    public var reason: Reason
    /// The field it was found in.
    public var field: StaticString
    /// Where; negative: where the last field began.
    public var offset: Int
    /// Bytes needed (truncated), type wanted (wrongType), number wanted (illegal; 0 where it is not known or none).
    public var wanted: UInt64
    /// Bytes there (truncated, trailing), or the value found.
    public var had: UInt64
    /// The field that claimed the length; empty when none did.
    public var by: StaticString
    /// For people, of an illegal value: what would be legal, where that is known, and what is there.
    public var legal: LegalValue?
    @inlinable public init(
        _ reason: Reason, _ field: StaticString, _ offset: Int, wanted: UInt64, had: UInt64, _ by: StaticString = "",
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

/// What refused bytes are answered with.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault.
    public var reason: Fault.Reason
    /// Field path, such as `response.signature` or `publish[0].from`; empty for the message as a whole.
    public var path: String
    /// Byte offset from the beginning of the message.
    public var offset: Int
    /// Bytes needed (truncated), most bytes allowed (tooLong), JSON type wanted (wrongType), number wanted (illegal; 0
    /// where it is not known or none).
    public var wanted: UInt64
    /// Bytes there (truncated, trailing, tooLong), or the value found.
    public var had: UInt64
    /// The field that claimed the length, if one did.
    public var claimedBy: String?
    /// For people, of an illegal value: what would be legal, where that is known, and what is there.
    public var legal: LegalValue?

    /// An error, for framings that refuse bytes by themselves.
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
    /// One line, such as `response.signature at 136: wants 64 bytes, has 14`.
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
