public import Wire

/// The cause of an error (RFC 9260, section 3.3.10).
public struct SCTPCauseCode: CodePoint {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let userInitiatedAbort = Self(rawValue: 12)
    public static let names = [
        CodeName(1, "invalid_stream_identifier"), CodeName(2, "missing_mandatory_parameter"),
        CodeName(3, "stale_cookie"), CodeName(4, "out_of_resource"), CodeName(5, "unresolvable_address"),
        CodeName(6, "unrecognized_chunk_type"), CodeName(7, "invalid_mandatory_parameter"),
        CodeName(8, "unrecognized_parameters"), CodeName(9, "no_user_data"),
        CodeName(10, "cookie_received_while_shutting_down"), CodeName(11, "restart_with_new_addresses"),
        CodeName(12, "user_initiated_abort"), CodeName(13, "protocol_violation"),
    ]
}

/// An error with its cause and further information.
public struct SCTPCause: Message {
    public static var name: StaticString { "sctp.cause" }
    public var code = SCTPCauseCode.userInitiatedAbort
    /// The number of bytes with this header.
    public var length = Derived<UInt16>()
    public var information = Bytes()
    public var padding = Bytes()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("code", &code)
        c.derived("length", &length, UInt16(clamping: SCTPChunk.headerSize + information.count))
        c.require("length", length.count >= SCTPChunk.headerSize, UInt64(length.value))
        let count = max(0, length.count - SCTPChunk.headerSize)
        c.bytes("information", &information, count: count, by: "length")
        c.padding(&padding, after: C.reads ? count : information.count, isOptional: true)
    }
}

/// The causes that fill a chunk.
public struct SCTPCauseList: Message {
    public static var name: StaticString { "sctp.causes" }
    public var entries: [SCTPCause] = []
    public init() {}
    public static var variants: [Self] {
        var full = Self()
        full.entries = [SCTPCause()]
        return [full]
    }
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if !C.reads {
            for i in entries.indices.dropLast() where entries[i].padding.count == 0 {
                let count = -entries[i].information.count & 3
                if count > 0 { entries[i].padding = Bytes([UInt8](repeating: 0, count: count)) }
            }
        }
        c.sequence("list", &entries)
    }
}
