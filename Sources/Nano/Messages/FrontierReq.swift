public import Wire

/// Legacy bootstrap: asks for the heads of all accounts from one on. They follow as `frontier`, up to one that is zero;
/// up to V27.
public struct FrontierReq: NanoMessage {
    public static var name: StaticString { "nano.frontier_req" }
    static var type: MessageType { .frontierReq }
    static var definedBits: UInt16 { 0x0002 }
    static func payloadCount(_ header: RawHeader) -> Int { count }
    private static let count = FrontierReq().byteCount() - Header.count
    static var bodyMeanings: [String: FieldMeaning] { ["start": .account] }
    public var header = Header(.frontierReq)
    /// Bit 0x0002: only confirmed ones.
    public var onlyConfirmed = false
    /// The first account.
    public var start = Key32()
    /// Only accounts changed in so many seconds; 0xffffffff for all.
    public var age: UInt32 = 0
    /// Of accounts; 0xffffffff for all.
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
