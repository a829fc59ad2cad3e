public import Node
public import Wire

/// The type of a STUN attribute (RFC 8489, section 14, and RFC 8445, section 16.1). Receivers skip unknown types from
/// 0x8000 up, and refuse requests with unknown types below.
public struct STUNAttributeType: CodePoint {
    public var rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let mappedAddress = Self(rawValue: 0x0001)
    public static let username = Self(rawValue: 0x0006)
    public static let messageIntegrity = Self(rawValue: 0x0008)
    public static let errorCode = Self(rawValue: 0x0009)
    public static let unknownAttributes = Self(rawValue: 0x000a)
    public static let realm = Self(rawValue: 0x0014)
    public static let nonce = Self(rawValue: 0x0015)
    public static let messageIntegritySHA256 = Self(rawValue: 0x001c)
    public static let xorMappedAddress = Self(rawValue: 0x0020)
    public static let priority = Self(rawValue: 0x0024)
    public static let useCandidate = Self(rawValue: 0x0025)
    public static let software = Self(rawValue: 0x8022)
    public static let alternateServer = Self(rawValue: 0x8023)
    public static let fingerprint = Self(rawValue: 0x8028)
    public static let iceControlled = Self(rawValue: 0x8029)
    public static let iceControlling = Self(rawValue: 0x802a)
    /// The names: the attributes above, the attributes of TURN (RFC 8656), and two that libwebrtc sends.
    public static let names = [
        CodeName(0x0001, "mapped_address"), CodeName(0x0006, "username"), CodeName(0x0008, "message_integrity"),
        CodeName(0x0009, "error_code"), CodeName(0x000a, "unknown_attributes"), CodeName(0x000c, "channel_number"),
        CodeName(0x000d, "lifetime"), CodeName(0x0012, "xor_peer_address"), CodeName(0x0013, "data"),
        CodeName(0x0014, "realm"), CodeName(0x0015, "nonce"), CodeName(0x0016, "xor_relayed_address"),
        CodeName(0x0019, "requested_transport"), CodeName(0x001c, "message_integrity_sha256"),
        CodeName(0x0020, "xor_mapped_address"), CodeName(0x0024, "priority"), CodeName(0x0025, "use_candidate"),
        CodeName(0x8022, "software"), CodeName(0x8023, "alternate_server"), CodeName(0x8028, "fingerprint"),
        CodeName(0x8029, "ice_controlled"), CodeName(0x802a, "ice_controlling"),
        CodeName(0xc001, "goog_nomination"), CodeName(0xc057, "network_cost"),
    ]
    /// True for the types that Binding and ICE use and `STUNAttribute` describes.
    public var isKnown: Bool {
        switch self {
        case .mappedAddress, .username, .messageIntegrity, .errorCode, .unknownAttributes, .realm, .nonce,
            .messageIntegritySHA256, .xorMappedAddress, .priority, .useCandidate, .software, .alternateServer,
            .fingerprint, .iceControlled, .iceControlling:
            true
        default: false
        }
    }
}

/// An attribute of a STUN message (RFC 8489, section 14): a type, a length, and a value that is padded to 4 bytes. An
/// attribute of another type, or whose length does not fit its type, has `data`.
public struct STUNAttribute: Message {
    public static var name: StaticString { "stun.attribute" }
    public var type = STUNAttributeType(rawValue: 0xffff)
    /// The number of bytes of the value, without the padding.
    public var length = Derived<UInt16>()
    /// The address in MAPPED-ADDRESS and ALTERNATE-SERVER.
    public var address: STUNAddress?
    /// The address in XOR-MAPPED-ADDRESS.
    public var xorAddress: STUNXORAddress?
    /// The text in USERNAME, REALM, NONCE and SOFTWARE. In ICE, a USERNAME is the receiver's ufrag, a colon and the
    /// sender's ufrag (RFC 8445, section 7.2.2).
    public var text: Text?
    /// The HMAC-SHA1 in MESSAGE-INTEGRITY.
    public var hmac: Fixed<20>?
    /// The CRC-32 in FINGERPRINT, XORed with 0x5354554e.
    public var crc: UInt32?
    public var error: STUNError?
    /// The number in PRIORITY.
    public var priority: UInt32?
    /// The random number in ICE-CONTROLLED and ICE-CONTROLLING that decides a conflict of roles.
    public var tieBreaker: UInt64?
    public var data = Bytes()
    public var padding = Bytes()

    public init() {}
    /// Creates an attribute with the bytes `data`.
    public init(_ type: STUNAttributeType, data: [UInt8] = []) { (self.type, self.data) = (type, Bytes(data)) }
    /// Creates USERNAME, REALM, NONCE or SOFTWARE.
    public init(_ type: STUNAttributeType, text: String) { (self.type, self.text) = (type, Text(text)) }
    /// Creates PRIORITY.
    public init(priority: UInt32) { (type, self.priority) = (.priority, priority) }
    /// Creates ICE-CONTROLLING or ICE-CONTROLLED.
    public init(tieBreaker: UInt64, controls: Bool) {
        (type, self.tieBreaker) = (controls ? .iceControlling : .iceControlled, tieBreaker)
    }
    /// Creates XOR-MAPPED-ADDRESS for the message with this transaction id.
    public init(xorMapped endpoint: Endpoint, in transaction: Fixed<12>) {
        (type, xorAddress) = (.xorMappedAddress, STUNXORAddress(endpoint, in: transaction))
    }
    /// Creates MAPPED-ADDRESS.
    public init(mapped endpoint: Endpoint) { (type, address) = (.mappedAddress, STUNAddress(endpoint)) }
    /// Creates ERROR-CODE.
    public init(error code: UInt16, _ reason: String) { (type, error) = (.errorCode, STUNError(code, reason)) }
    /// Creates MESSAGE-INTEGRITY.
    public init(hmac: Fixed<20>) { (type, self.hmac) = (.messageIntegrity, hmac) }
    /// Creates FINGERPRINT.
    public init(crc: UInt32) { (type, self.crc) = (.fingerprint, crc) }
    /// Creates an attribute of each form.
    public static var variants: [Self] {
        let endpoint = Endpoint(v4: 0, port: 0)
        return [
            Self(), Self(mapped: endpoint), Self(xorMapped: endpoint, in: Fixed()), Self(.username, text: ""),
            Self(hmac: Fixed()), Self(crc: 0), Self(error: 400, ""), Self(priority: 0),
            Self(tieBreaker: 0, controls: true),
        ]
    }
    public static var meanings: [String: FieldMeaning] {
        ["crc": .hexadecimal(digits: 8), "tie_breaker": .hexadecimal(digits: 16)]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        let content = C.reads ? 0 : contentCount
        c.derived("length", &length, UInt16(clamping: content))
        let count = length.count
        func fits(_ wanted: Int, or other: Int? = nil) -> Bool { !C.reads || count == wanted || count == other }
        let isAddress = (type == .mappedAddress || type == .alternateServer) && fits(8, or: 20)
        let isXOR = type == .xorMappedAddress && fits(8, or: 20)
        let isText = type == .username || type == .realm || type == .nonce || type == .software
        let isHMAC = type == .messageIntegrity && fits(20)
        let isCRC = type == .fingerprint && fits(4)
        let isError = type == .errorCode && (!C.reads || count >= 4)
        let isPriority = type == .priority && fits(4)
        let isTie = (type == .iceControlled || type == .iceControlling) && fits(8)
        c.optional("address", &address, present: isAddress, like: STUNAddress(), length: count, by: "length")
        c.optional("xor_address", &xorAddress, present: isXOR, like: STUNXORAddress(), length: count, by: "length")
        if isText || text != nil {
            var value = text ?? Text()
            c.bytes("text", &value, count: count, by: "length")
            text = value
        }
        c.optional("hmac", &hmac, present: isHMAC)
        c.optional("crc", &crc, present: isCRC)
        c.optional("error", &error, present: isError, like: STUNError(), length: count, by: "length")
        c.optional("priority", &priority, present: isPriority)
        c.optional("tie_breaker", &tieBreaker, present: isTie)
        let hasOwnField = isAddress || isXOR || isText || isHMAC || isCRC || isError || isPriority || isTie
        if !hasOwnField || !C.reads && data.count > 0 { c.bytes("data", &data, count: count, by: "length") }
        c.padding(&padding, after: C.reads ? count : content)
    }
    /// The number of bytes of the value.
    private var contentCount: Int {
        let groups = (address?.byteCount() ?? 0) + (xorAddress?.byteCount() ?? 0) + (error?.byteCount() ?? 0)
        let numbers = (hmac == nil ? 0 : 20) + (crc == nil ? 0 : 4) + (priority == nil ? 0 : 4)
        return groups + numbers + (tieBreaker == nil ? 0 : 8) + (text?.count ?? 0) + data.count
    }
}
