public import Wire

/// The body of a message: sections in the order of their numbers, each at most once. SIGNATURE is always the last
/// section. The fields of the body are shown as fields of the message.
public struct Body: Message {
    public static var name: StaticString { "rightmesh.body" }
    public var peers: Peers?
    public var superpeers: Superpeers?
    public var targets: Targets?
    /// The unknown sections between TARGETS and SIGNATURE.
    public var skipped: [SkippedSection] = []
    public var signature: SignatureSection?
    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.optional("peers", &peers, present: c.peek(SectionKind.self) == .peers)
        c.optional("superpeers", &superpeers, present: c.peek(SectionKind.self) == .superpeers)
        c.optional("targets", &targets, present: c.peek(SectionKind.self) == .targets)
        c.list("skipped", &skipped, count: C.reads ? Self.skippedCount(c) : 0)
        c.require("skipped", isAscending, 0)
        c.optional("signature", &signature, present: c.peek(SectionKind.self) == .signature)
        c.require("count", recordCount <= Limits.records, UInt64(recordCount))
    }

    /// Codes the body as the part of a message after the header.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, of header: Header) {
        let length = C.reads ? c.remaining : 0
        code(&c)
        c.require("body_len", !C.reads || length == header.bodyLen.count, UInt64(header.bodyLen.value))
    }

    /// The number of records of the known sections, as counted on the wire.
    var recordCount: Int {
        (peers?.count.count ?? 0) + (superpeers?.count.count ?? 0) + (targets?.count.count ?? 0)
            + (signature?.count.count ?? 0)
    }
    private var isAscending: Bool {
        zip(skipped, skipped.dropFirst()).allSatisfy { $0.section.rawValue < $1.section.rawValue }
    }
    /// Returns the number of sections before the signature or the end. The last of them may be a section that must be
    /// refused.
    private static func skippedCount<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> Int {
        var sections = 0
        var at = 0
        // More sections cannot be in order.
        while sections < 124, let kind = c.peek(SectionKind.self, ahead: at), kind != .signature {
            sections += 1
            guard kind.isSkipped, let section = SectionHeader(c, ahead: at) else { break }
            at += SectionHeader.size + section.content
        }
        return sections
    }

    /// Returns the number of records that must not be applied in a message of `src`: peers and superpeers without an
    /// id, peers with hop 0, and superpeers with hop 0 other than the sender.
    func badRecordCount(src: MeshID) -> Int {
        (peers?.records.count { !$0.isUsable } ?? 0) + (superpeers?.records.count { !$0.isUsable(src: src) } ?? 0)
    }
}

extension Header {
    /// Codes the header as part of a whole message of type `expected` with this body.
    @inline(__always)
    mutating func code<C: Coder & ~Copyable & ~Escapable>(
        _ c: inout C, _ expected: MessageType, _ body: @autoclosure () -> Body
    ) {
        // A reader takes both values from the bytes.
        let (length, crc) = C.reads ? (0, 0) : (body().byteCount(), c.checksum(BodyCRC.self, of: body()))
        code(
            &c, as: expected, length: UInt32(clamping: length), crc: UInt32(truncatingIfNeeded: crc),
            part: UInt16(clamping: length))
    }
}
