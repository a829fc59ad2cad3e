public import Wire

/// A question (RFC 1035, section 4.1.2).
public struct Question: Message {
    public static var name: StaticString { "mdns.question" }
    public var name = DomainName()
    public var type = RecordType.ptr
    /// 1 if an answer by unicast is welcome (RFC 6762, section 5.4): the highest bit of the class.
    public var unicast: UInt8 = 0
    public var recordClass = RecordClass.internet
    public init() {}
    /// Creates a question.
    public init(_ name: DomainName, _ type: RecordType) { (self.name, self.type) = (name, type) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.domain("name", &name)
        c.field("type", &type)
        c.bits("unicast", &unicast, 0..<1, of: 16)
        c.bits("class", &recordClass, 1..<16, of: 16)
    }
}
