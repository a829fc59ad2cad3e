public import Wire

/// Legacy bootstrap: asks for the heads of all accounts, beginning with `start`. Up to V27, they follow as `frontier`,
/// up to one that is zero.
public struct FrontierReq: NanoMessage {
    public static var name: StaticString { "nano.frontier_req" }
    public static var summary: MessageSummary {
        [
            "ask for frontiers from ", .value("start"),
            .maybe(.first([[.equal("count", .uint(0xffff_ffff), [", all"])], [", at most ", .number("count")]])),
            .maybe(.when("only_confirmed", [", confirmed ones"])),
        ]
    }
    static var type: MessageType { .frontierReq }
    static var definedBits: UInt16 { 0x0002 }
    static func payloadCount(_ header: RawHeader) -> Int { count }
    private static let count = FrontierReq().byteCount() - Header.count
    static var bodyMeanings: [String: FieldMeaning] { ["start": .account] }
    public var header = Header(.frontierReq)
    /// Bit 0x0002: only confirmed blocks count as heads.
    public var onlyConfirmed = false
    /// The first account.
    public var start = Key32()
    /// The age in seconds of the last change above which accounts are left out; 0xffffffff for all.
    public var age: UInt32 = 0
    /// The number of accounts; 0xffffffff for all.
    public var count: UInt32 = 0
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .frontierReq, onlyConfirmed ? 2 : 0)
        c.implied("only_confirmed", &onlyConfirmed, header.has(2))
        c.field("start", &start)
        c.field("age", &age, .little)
        c.field("count", &count, .little)
    }
}
