public import Node
public import Wire

/// A STUN message (RFC 8489, section 5), which ICE uses to find and check paths between two peers (RFC 8445).
public struct STUNMessage: Message {
    public static var name: StaticString { "stun.message" }
    public static var summary: MessageSummary {
        func has(_ type: String, _ parts: [MessageSummary.Part]) -> MessageSummary.Part {
            .maybe(.found("attributes", where: "type", is: type, parts))
        }
        return MessageSummary(
            [
                .value("type"), has("username", [" for ", .name("text")]),
                has("error_code", [", ", .number("error.code"), .maybe(" ", .name("error.reason"))]),
                has("ice_controlling", [", controlling"]), has("ice_controlled", [", controlled"]),
                has("use_candidate", [", nominates"]),
            ], elements: 32)
    }
    public var type = STUNType.bindingRequest
    /// The number of bytes after the header.
    public var length = Derived<UInt16>()
    /// The magic cookie, which distinguishes STUN from other protocols.
    public var cookie = STUNMessage.magicCookie
    /// The transaction id: an answer has the id of its request.
    public var transaction = Fixed<12>()
    public var attributes: [STUNAttribute] = []

    /// The magic cookie.
    public static let magicCookie: UInt32 = 0x2112_a442
    /// The number of bytes of the header.
    public static let headerSize = 20

    public init() {}
    /// Creates a message. An answer has the transaction id of its request.
    public init(_ type: STUNType, _ transaction: Fixed<12>, _ attributes: [STUNAttribute] = []) {
        (self.type, self.transaction, self.attributes) = (type, transaction, attributes)
    }
    public static var variants: [Self] {
        var all = Self()
        all.attributes = STUNAttribute.variants
        return [all]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("type", &type)
        c.require("type", type.rawValue >> 14 == 0, UInt64(type.rawValue))
        c.derived("length", &length, UInt16(truncatingIfNeeded: attributes.reduce(0) { $0 + $1.byteCount() }))
        c.constant("cookie", &cookie, STUNMessage.magicCookie)
        c.field("transaction_id", &transaction)
        let left = c.remaining
        c.require("length", length.count == left, UInt64(length.value))
        c.sequence("attributes", &attributes)
        let count = length.count
        c.computed("mapped_address", MappedAddress.self, last: STUNMessage.headerSize + count)
    }

    /// Returns true if the bytes are one whole STUN message by its header: two zero bits, the length, and the cookie.
    public static func isMessage(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= headerSize, bytes.unsafeLoad(as: UInt8.self) & 0xc0 == 0 else { return false }
        let length = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 2, as: UInt16.self).bigEndian
        let cookie = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt32.self).bigEndian
        return cookie == magicCookie && Int(length) == bytes.byteCount - headerSize && length & 3 == 0
    }

    /// Returns the first attribute of a type that counts. Attributes after MESSAGE-INTEGRITY do not, other than
    /// FINGERPRINT and MESSAGE-INTEGRITY-SHA256, because nothing protects them (RFC 8489, section 14.5).
    public subscript(_ type: STUNAttributeType) -> STUNAttribute? {
        var isProtected = true
        for attribute in attributes {
            if isProtected || attribute.type == .fingerprint || attribute.type == .messageIntegritySHA256 {
                if attribute.type == type { return attribute }
            }
            if attribute.type == .messageIntegrity { isProtected = false }
        }
        return nil
    }
    /// The address in XOR-MAPPED-ADDRESS, or else in MAPPED-ADDRESS: the sender's address as the receiver sees it.
    public var mappedAddress: Endpoint? {
        self[.xorMappedAddress]?.xorAddress?.endpoint(in: transaction) ?? self[.mappedAddress]?.address?.endpoint
    }
    /// Returns the comprehension-required attributes that this description does not know. A receiver answers a request
    /// with them with error 420 (RFC 8489, section 6.3.1).
    public var unknownRequired: [UInt16] {
        attributes.map(\.type.rawValue).filter { $0 < 0x8000 && !STUNAttributeType(rawValue: $0).isKnown }
    }
}

/// The address that a STUN message reports, in the clear.
public struct MappedAddress: ComputedLeaf {
    public init() {}
    public static var kind: Kind { .text }
    public static func value(from bytes: RawSpan) -> Value {
        var message = STUNMessage()
        guard message.read(borrowing: bytes), let address = message.mappedAddress else { return .null }
        return .text(address.description)
    }
}
