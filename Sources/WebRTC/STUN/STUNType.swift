public import Wire

/// The type of a STUN message (RFC 8489, section 5): a method of 12 bits and a class of 2 bits, interleaved.
public struct STUNType: CodePoint {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let bindingRequest = Self(rawValue: 0x0001)
    public static let bindingIndication = Self(rawValue: 0x0011)
    public static let bindingSuccess = Self(rawValue: 0x0101)
    public static let bindingError = Self(rawValue: 0x0111)
    /// The types of Binding and of TURN (RFC 8656, section 17).
    public static let names = [
        CodeName(0x0001, "binding_request"), CodeName(0x0011, "binding_indication"),
        CodeName(0x0101, "binding_success"), CodeName(0x0111, "binding_error"),
        CodeName(0x0003, "allocate_request"), CodeName(0x0103, "allocate_success"),
        CodeName(0x0113, "allocate_error"), CodeName(0x0004, "refresh_request"), CodeName(0x0104, "refresh_success"),
        CodeName(0x0114, "refresh_error"), CodeName(0x0016, "send_indication"), CodeName(0x0017, "data_indication"),
        CodeName(0x0008, "create_permission_request"), CodeName(0x0108, "create_permission_success"),
        CodeName(0x0118, "create_permission_error"), CodeName(0x0009, "channel_bind_request"),
        CodeName(0x0109, "channel_bind_success"), CodeName(0x0119, "channel_bind_error"),
    ]

    /// The class of a message.
    public enum Class: UInt8, Sendable {
        case request
        case indication
        case success
        case error
    }
    /// The class: bits 4 and 8 of the type.
    public var messageClass: Class {
        Class(rawValue: UInt8(rawValue >> 4 & 1 | rawValue >> 7 & 2)) ?? .request
    }
    /// The method: the other bits. Binding is 1.
    public var method: UInt16 { rawValue & 0xf | rawValue >> 1 & 0x70 | rawValue >> 2 & 0xf80 }
}
