public import Wire

/// An alert (RFC 8446, section 6). It gives the reason why a connection ends, or announces that one side sends no more.
@frozen public struct Alert: Message {
    public static var name: StaticString { "tls.alert" }
    public static var summary: MessageSummary { [.value("level"), " alert ", .value("description")] }
    /// The level. In TLS 1.3 it has no meaning: the description's meaning counts.
    public var level = AlertLevel.fatal
    public var description = AlertDescription.closeNotify

    /// The number of bytes of an alert.
    static let size = 2

    @inlinable @inline(__always) public init() {}

    @inlinable @inline(__always)
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("level", &level)
        c.field("description", &description)
    }
}

/// The severity of an alert (RFC 8446, section 6).
@frozen public struct AlertLevel: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let fatal = Self(rawValue: 2)
    public static let names = [CodeName(1, "warning"), CodeName(2, "fatal")]
}

/// The meaning of an alert (RFC 8446, section 6, and for earlier versions RFC 5246, section 7.2).
@frozen public struct AlertDescription: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let closeNotify = Self(rawValue: 0)
    public static let names = [
        CodeName(0, "close_notify"), CodeName(10, "unexpected_message"), CodeName(20, "bad_record_mac"),
        CodeName(21, "decryption_failed"), CodeName(22, "record_overflow"), CodeName(30, "decompression_failure"),
        CodeName(40, "handshake_failure"), CodeName(41, "no_certificate"), CodeName(42, "bad_certificate"),
        CodeName(43, "unsupported_certificate"), CodeName(44, "certificate_revoked"),
        CodeName(45, "certificate_expired"), CodeName(46, "certificate_unknown"), CodeName(47, "illegal_parameter"),
        CodeName(48, "unknown_ca"), CodeName(49, "access_denied"), CodeName(50, "decode_error"),
        CodeName(51, "decrypt_error"), CodeName(60, "export_restriction"), CodeName(70, "protocol_version"),
        CodeName(71, "insufficient_security"), CodeName(80, "internal_error"), CodeName(86, "inappropriate_fallback"),
        CodeName(90, "user_canceled"), CodeName(100, "no_renegotiation"), CodeName(109, "missing_extension"),
        CodeName(110, "unsupported_extension"), CodeName(111, "certificate_unobtainable"),
        CodeName(112, "unrecognized_name"), CodeName(113, "bad_certificate_status_response"),
        CodeName(114, "bad_certificate_hash_value"), CodeName(115, "unknown_psk_identity"),
        CodeName(116, "certificate_required"), CodeName(120, "no_application_protocol"),
    ]
}
