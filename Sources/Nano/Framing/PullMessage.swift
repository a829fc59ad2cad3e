import Wire

/// Both messages of ascending bootstrap: a frame, and a group of fields for each pull type.
protocol PullMessage: NanoMessage {
    associatedtype Blocks: Message
    associatedtype AccountInfo: Message
    associatedtype Frontiers: Message
    associatedtype RandomBlocks: Message
    associatedtype TopoIndex: Message
    typealias Body = PullBody<Blocks, AccountInfo, Frontiers, RandomBlocks, TopoIndex>

    /// Pull type and id; an answer has those of its request.
    var frame: PullFrame { get set }
    /// The group of that type; its fields are those of the message.
    var body: Body { get set }
}

extension PullMessage {
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { PullFrame.payloadCount(header.extensions) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // A reader is told by the bytes.
        let count = C.reads ? 0 : body.byteCount()
        header.code(&c, Self.type, UInt16(truncatingIfNeeded: count))
        frame.code(&c)
        body.code(&c, behind: frame, count: header.extensions.count)
    }
    /// The length that the header states is that of the body: it was read by it. So nothing need be measured.
    @_lifetime(c: copy c)
    public mutating func compare(_ c: inout Consistency) { body.compare(&c) }
}
