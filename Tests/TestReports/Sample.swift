public import Wire

/// A message with all kinds of fields and hostile text.
public struct Sample: Message {
    public static var name: StaticString { "sample.all" }
    public var small: UInt8 = 7
    public var big: UInt64 = 1 << 53
    public var bigger: UInt64 = 1 << 53 + 1
    public var key = Fixed<12>(repeating: 0xab)
    var count = Derived<UInt8>()
    public var text = Text("\u{1b}[31m\u{202e}\"\\\n\u{9b}\u{7f}é")
    public var numbers: [UInt16] = [1, 2]
    public init() {}
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("small", &small)
        c.require("small", small < 9, UInt64(small))
        c.field("big", &big)
        c.field("bigger", &bigger)
        c.field("key", &key)
        c.derived("count", &count, UInt8(clamping: text.count))
        c.bytes("text", &text, count: count.count, by: "count")
        c.list("numbers", &numbers, count: 2, by: "")
    }
}
