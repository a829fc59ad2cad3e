public import Wire

/// The status of a request.
@frozen public struct RendezvousStatus: CodePoint, TagValue {
    public var rawValue: UInt32
    @inlinable @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let ok = Self(rawValue: 0)
    public static let invalidNamespace = Self(rawValue: 100)
    public static let invalidSignedPeerRecord = Self(rawValue: 101)
    public static let invalidTTL = Self(rawValue: 102)
    public static let invalidCookie = Self(rawValue: 103)
    public static let notAuthorized = Self(rawValue: 200)
    public static let internalError = Self(rawValue: 300)
    public static let unavailable = Self(rawValue: 400)
    public static let names = [
        CodeName(0, "ok"), CodeName(100, "invalid_namespace"), CodeName(101, "invalid_signed_peer_record"),
        CodeName(102, "invalid_ttl"), CodeName(103, "invalid_cookie"), CodeName(200, "not_authorized"),
        CodeName(300, "internal_error"), CodeName(400, "unavailable"),
    ]
}
