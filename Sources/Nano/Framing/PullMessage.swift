import Wire

/// Either message of ascending bootstrap: a frame, and a group of fields for each pull type.
protocol PullMessage: NanoMessage {
    associatedtype Blocks: Message
    associatedtype AccountInfo: Message
    associatedtype Frontiers: Message
    associatedtype RandomBlocks: Message
    associatedtype TopoIndex: Message
    typealias Body = PullBody<Blocks, AccountInfo, Frontiers, RandomBlocks, TopoIndex>

    /// The pull type and the id. An answer repeats both from its request.
    var frame: PullFrame { get set }
    /// The group of fields for the pull type. Its fields are shown as fields of the message.
    var body: Body { get set }
}

extension PullMessage {
    static var definedBits: UInt16 { 0xffff }
    static func payloadCount(_ header: RawHeader) -> Int { PullFrame.payloadCount(header.extensions) }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        // A reader takes the count from the bytes.
        let count = C.reads ? 0 : body.byteCount()
        header.code(&c, Self.type, UInt16(truncatingIfNeeded: count))
        frame.code(&c)
        body.code(&c, behind: frame, count: header.extensions.count)
    }
    /// Compares only the body. The length in the header always matches, because the body was read with it, so it need
    /// not be measured.
    @_lifetime(c: copy c)
    public mutating func compare(_ c: inout Consistency) { body.compare(&c) }
}
