import Wire

/// Legacy bootstrap: asks for the heads of all accounts from one on. They follow as `frontier`, up to one that is zero;
/// up to V27.
struct FrontierReq: NanoMessage {
    static var name: StaticString { "nano.frontier_req" }
    static var type: MessageType { .frontierReq }
    static var definedBits: UInt16 { 0x0002 }
    static func payloadCount(_ header: RawHeader) -> Int { count }
    private static let count = FrontierReq().byteCount() - Header.count
    var header = Header(.frontierReq)
    /// Bit 0x0002: only confirmed ones.
    var onlyConfirmed = false
    /// The first account.
    var start = Key32()
    /// Only accounts changed in so many seconds; 0xffffffff for all.
    var age: UInt32 = 0
    /// Of accounts; 0xffffffff for all.
    var count: UInt32 = 0

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .frontierReq, onlyConfirmed ? 2 : 0)
        c.implied("only_confirmed", &onlyConfirmed, header.has(2))
        c.field("start", &start)
        c.field("age", &age, .little)
        c.field("count", &count, .little)
    }
}
