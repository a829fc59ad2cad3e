public import Wire

/// The reason why a connection is closed (RFC 6455, section 7.4, and the registry of IANA): 16 bits.
public struct CloseCode: CodePoint {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let normal = Self(rawValue: 1000)
    /// The endpoint goes away: a server that stops, or a browser that leaves the page.
    public static let goingAway = Self(rawValue: 1001)
    public static let protocolError = Self(rawValue: 1002)
    /// The endpoint does not accept this type of data.
    public static let unsupportedData = Self(rawValue: 1003)
    /// A Close frame without a code; never sent.
    public static let noStatus = Self(rawValue: 1005)
    /// A connection without a Close frame; never sent.
    public static let abnormal = Self(rawValue: 1006)
    /// Data that does not fit the type of the message, such as a text that is not UTF-8.
    public static let invalidPayload = Self(rawValue: 1007)
    public static let policyViolation = Self(rawValue: 1008)
    public static let tooBig = Self(rawValue: 1009)
    /// The client needs an extension that the server did not agree to.
    public static let mandatoryExtension = Self(rawValue: 1010)
    public static let internalError = Self(rawValue: 1011)
    /// A server is overloaded, for example by a client that does not read.
    public static let tryAgainLater = Self(rawValue: 1013)
    public static let names = [
        CodeName(1000, "normal"), CodeName(1001, "going_away"), CodeName(1002, "protocol_error"),
        CodeName(1003, "unsupported_data"), CodeName(1005, "no_status"), CodeName(1006, "abnormal"),
        CodeName(1007, "invalid_payload"), CodeName(1008, "policy_violation"), CodeName(1009, "too_big"),
        CodeName(1010, "mandatory_extension"), CodeName(1011, "internal_error"), CodeName(1012, "service_restart"),
        CodeName(1013, "try_again_later"), CodeName(1014, "bad_gateway"), CodeName(1015, "tls_handshake"),
    ]
    /// True if a Close frame may have the code: it is registered and not reserved for local use, or it is in the range
    /// for applications (3000 to 4999).
    public var maySend: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
    /// True if no endpoint may send the code, whatever later specifications register: codes for local use, and codes
    /// outside the ranges of section 7.4.2.
    var isNeverSent: Bool {
        switch rawValue {
        case 1005, 1006, 1015: true
        case 1000...4999: false
        default: true
        }
    }
}
