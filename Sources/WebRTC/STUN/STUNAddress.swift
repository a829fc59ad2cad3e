public import Node
public import Wire

/// The family of an address (RFC 8489, section 14.1).
public struct STUNFamily: CodePoint {
    public var rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let ipv4 = Self(rawValue: 1)
    public static let ipv6 = Self(rawValue: 2)
    public static let names = [CodeName(1, "ipv4"), CodeName(2, "ipv6")]
}

/// An address and a port in the clear (RFC 8489, section 14.1).
public struct STUNAddress: Message {
    public static var name: StaticString { "stun.address" }
    /// A byte that receivers ignore.
    public var reserved: UInt8 = 0
    public var family = STUNFamily.ipv4
    public var port: UInt16 = 0
    public var ipv4: Fixed<4>?
    public var ipv6: Fixed<16>?

    public init() {}
    /// Creates the form of an endpoint.
    public init(_ endpoint: Endpoint) {
        port = endpoint.port
        if endpoint.v4 == nil {
            (family, ipv6) = (.ipv6, Fixed(endpoint.address))
        } else {
            ipv4 = Fixed(endpoint.address.suffix(4))
        }
    }
    public static var variants: [Self] {
        [Self(Endpoint(v4: 0, port: 0)), Self(Endpoint(high: 0, low: 1, port: 0))]
    }
    public static var meanings: [String: FieldMeaning] { ["ipv4": .dottedAddress, "ipv6": .address] }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("reserved", &reserved)
        c.field("family", &family)
        c.require("family", family == .ipv4 || family == .ipv6, UInt64(family.rawValue))
        c.field("port", &port)
        c.optional("ipv4", &ipv4, present: family == .ipv4)
        c.optional("ipv6", &ipv6, present: family == .ipv6)
    }
    /// The endpoint; nil if the address is missing.
    public var endpoint: Endpoint? {
        if let ipv6 { return Endpoint(address: ipv6.array, port: port) }
        return ipv4.map { Endpoint(v4: $0.array.reduce(0) { $0 << 8 | UInt32($1) }, port: port) }
    }
}

/// An address and a port that are XORed with the cookie and the transaction id, so that no router on the way replaces
/// them (RFC 8489, section 14.2).
public struct STUNXORAddress: Message {
    public static var name: StaticString { "stun.xor_address" }
    /// A byte that receivers ignore.
    public var reserved: UInt8 = 0
    public var family = STUNFamily.ipv4
    /// The port, XORed with the first two bytes of the cookie.
    public var xPort: UInt16 = 0
    /// The address, XORed with the cookie.
    public var xIPv4: Fixed<4>?
    /// The address, XORed with the cookie and the transaction id.
    public var xIPv6: Fixed<16>?

    public init() {}
    /// Creates the form of an endpoint in the message with this transaction id.
    public init(_ endpoint: Endpoint, in transaction: Fixed<12>) {
        let plain = STUNAddress(endpoint)
        family = plain.family
        xPort = plain.port ^ Self.portMask
        xIPv4 = plain.ipv4.flatMap { Fixed(Self.mask($0.array, transaction)) }
        xIPv6 = plain.ipv6.flatMap { Fixed(Self.mask($0.array, transaction)) }
    }
    public static var variants: [Self] {
        [Self(Endpoint(v4: 0, port: 0), in: Fixed()), Self(Endpoint(high: 0, low: 1, port: 0), in: Fixed())]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("reserved", &reserved)
        c.field("family", &family)
        c.require("family", family == .ipv4 || family == .ipv6, UInt64(family.rawValue))
        c.field("x_port", &xPort)
        c.optional("x_ipv4", &xIPv4, present: family == .ipv4)
        c.optional("x_ipv6", &xIPv6, present: family == .ipv6)
    }
    /// Returns the endpoint in the clear, for the transaction id of the message; nil if the address is missing.
    public func endpoint(in transaction: Fixed<12>) -> Endpoint? {
        var plain = STUNAddress()
        plain.port = xPort ^ Self.portMask
        plain.ipv4 = xIPv4.flatMap { Fixed(Self.mask($0.array, transaction)) }
        plain.ipv6 = xIPv6.flatMap { Fixed(Self.mask($0.array, transaction)) }
        return plain.endpoint
    }
    private static let portMask = UInt16(STUNMessage.magicCookie >> 16)
    private static func mask(_ bytes: [UInt8], _ transaction: Fixed<12>) -> [UInt8] {
        let cookie = (0..<4).map { UInt8(truncatingIfNeeded: STUNMessage.magicCookie >> (24 - 8 * UInt32($0))) }
        return zip(bytes, cookie + transaction.array).map { $0 ^ $1 }
    }
}
