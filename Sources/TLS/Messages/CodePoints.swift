public import Wire

/// The type of a record's content (RFC 8446, section 5.1).
@frozen public struct ContentType: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let changeCipherSpec = Self(rawValue: 20)
    public static let alert = Self(rawValue: 21)
    public static let handshake = Self(rawValue: 22)
    public static let applicationData = Self(rawValue: 23)
    public static let names = [
        CodeName(20, "change_cipher_spec"), CodeName(21, "alert"), CodeName(22, "handshake"),
        CodeName(23, "application_data"), CodeName(24, "heartbeat"),
    ]
    /// True if a record may have this type.
    @inlinable public var isKnown: Bool { rawValue >= 20 && rawValue <= 24 }
}

/// A version in records and hellos. From TLS 1.3 on the field is 1.2, and an extension has the version.
@frozen public struct ProtocolVersion: CodePoint {
    public var rawValue: UInt16
    @inlinable @inline(__always) public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let tls12 = Self(rawValue: 0x0303)
    public static let tls13 = Self(rawValue: 0x0304)
    public static let dtls12 = Self(rawValue: 0xfefd)
    public static let names = [
        CodeName(0x0300, "SSL 3.0"), CodeName(0x0301, "TLS 1.0"), CodeName(0x0302, "TLS 1.1"),
        CodeName(0x0303, "TLS 1.2"), CodeName(0x0304, "TLS 1.3"), CodeName(0xfeff, "DTLS 1.0"),
        CodeName(0xfefd, "DTLS 1.2"), CodeName(0xfefc, "DTLS 1.3"),
    ]
}

/// The type of a handshake message (RFC 8446, section 4, and RFC 5246, section 7.4).
@frozen public struct HandshakeType: CodePoint {
    public var rawValue: UInt8
    @inlinable @inline(__always) public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let clientHello = Self(rawValue: 1)
    public static let serverHello = Self(rawValue: 2)
    public static let helloVerifyRequest = Self(rawValue: 3)
    public static let encryptedExtensions = Self(rawValue: 8)
    public static let finished = Self(rawValue: 20)
    public static let keyUpdate = Self(rawValue: 24)
    public static let names = [
        CodeName(0, "hello_request"), CodeName(1, "client_hello"), CodeName(2, "server_hello"),
        CodeName(3, "hello_verify_request"), CodeName(4, "new_session_ticket"), CodeName(5, "end_of_early_data"),
        CodeName(8, "encrypted_extensions"),
        CodeName(11, "certificate"), CodeName(12, "server_key_exchange"), CodeName(13, "certificate_request"),
        CodeName(14, "server_hello_done"), CodeName(15, "certificate_verify"), CodeName(16, "client_key_exchange"),
        CodeName(20, "finished"), CodeName(22, "certificate_status"), CodeName(24, "key_update"),
        CodeName(254, "message_hash"),
    ]
}

/// The type of an extension of a hello (RFC 8446, section 4.2).
@frozen public struct ExtensionType: CodePoint {
    public var rawValue: UInt16
    @inlinable @inline(__always) public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let serverName = Self(rawValue: 0)
    public static let applicationProtocols = Self(rawValue: 16)
    public static let encryptThenMAC = Self(rawValue: 22)
    public static let supportedVersions = Self(rawValue: 43)
    public static let names = [
        CodeName(0, "server_name"), CodeName(1, "max_fragment_length"), CodeName(5, "status_request"),
        CodeName(10, "supported_groups"), CodeName(11, "ec_point_formats"), CodeName(13, "signature_algorithms"),
        CodeName(16, "application_layer_protocol_negotiation"), CodeName(18, "signed_certificate_timestamp"),
        CodeName(21, "padding"), CodeName(22, "encrypt_then_mac"), CodeName(23, "extended_master_secret"),
        CodeName(28, "record_size_limit"), CodeName(35, "session_ticket"), CodeName(41, "pre_shared_key"),
        CodeName(42, "early_data"), CodeName(43, "supported_versions"), CodeName(44, "cookie"),
        CodeName(45, "psk_key_exchange_modes"), CodeName(47, "certificate_authorities"), CodeName(48, "oid_filters"),
        CodeName(49, "post_handshake_auth"), CodeName(50, "signature_algorithms_cert"), CodeName(51, "key_share"),
        CodeName(0xff01, "renegotiation_info"),
    ]
}
