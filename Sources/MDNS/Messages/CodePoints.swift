public import Wire

/// The type of a record (RFC 1035, section 3.2.2).
public struct RecordType: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt16
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// An IPv4 address.
    public static var a: Self { Self(rawValue: 1) }
    /// The name of an instance of a service.
    public static var ptr: Self { Self(rawValue: 12) }
    /// Strings.
    public static var txt: Self { Self(rawValue: 16) }
    /// An IPv6 address.
    public static var aaaa: Self { Self(rawValue: 28) }
    /// The host and port of an instance.
    public static var srv: Self { Self(rawValue: 33) }
    /// In a question, all types.
    public static var any: Self { Self(rawValue: 255) }
    /// The names of the known numbers.
    public static let names = [
        CodeName(1, "A"), CodeName(2, "NS"), CodeName(5, "CNAME"), CodeName(12, "PTR"), CodeName(13, "HINFO"),
        CodeName(16, "TXT"), CodeName(28, "AAAA"), CodeName(33, "SRV"), CodeName(41, "OPT"), CodeName(47, "NSEC"),
        CodeName(255, "ANY"),
    ]
}

/// The class of a question or record, without its highest bit, which has a meaning of its own in mDNS.
public struct RecordClass: CodePoint {
    /// The number on the wire.
    public var rawValue: UInt16
    /// Takes any number, known or not.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// The internet.
    public static var internet: Self { Self(rawValue: 1) }
    /// In a question, all classes.
    public static var any: Self { Self(rawValue: 255) }
    /// The names of the known numbers.
    public static let names = [CodeName(1, "IN"), CodeName(255, "ANY")]
}
