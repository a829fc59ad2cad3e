public import Wire

/// The error of a STUN answer (RFC 8489, section 14.8).
public struct STUNError: Message {
    public static var name: StaticString { "stun.error" }
    /// Bits that receivers ignore.
    public var reserved: UInt32 = 0
    /// The hundreds of the code, 3 to 6.
    public var hundreds: UInt8 = 4
    /// The code modulo 100.
    public var rest: UInt8 = 0
    /// The whole code, for example 487 for a conflict of ICE roles.
    public var code: UInt16 = 400
    /// The reason, for people.
    public var reason = Text()

    /// A request lacks integrity, or what it needs is missing.
    public static let badRequest: UInt16 = 400
    /// The integrity of a request is wrong.
    public static let unauthenticated: UInt16 = 401
    /// A request has comprehension-required attributes that are unknown.
    public static let unknownAttribute: UInt16 = 420
    /// Both sides control (RFC 8445, section 7.3.1.1).
    public static let roleConflict: UInt16 = 487

    public init() {}
    /// Creates an error. `code` is 300 to 699.
    public init(_ code: UInt16, _ reason: String) {
        (self.code, self.reason) = (code, Text(reason))
        (hundreds, rest) = (UInt8(truncatingIfNeeded: code / 100), UInt8(code % 100))
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.bits("reserved", &reserved, 0..<21, of: 32)
        c.bits("hundreds", &hundreds, 21..<24, of: 32)
        c.bits("number", &rest, 24..<32, of: 32)
        c.implied("code", &code, UInt16(hundreds) * 100 + UInt16(rest))
        c.rest("reason", &reason)
    }
}
