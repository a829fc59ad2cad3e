import Node
import Wire

/// A message, whatever datagrams it comes in.
public struct MessageKey: Hashable, ExpiringKey {
    let src: MeshID
    let boot: UInt16
    let type: MessageType
    let msgID: UInt32
    /// That of a message, as a node with a seeded fault tells them apart.
    init(_ h: Header, _ bug: Misbehaviour? = nil) {
        src = bug == .keyWithoutSource ? MeshID() : h.src
        boot = bug == .keyWithoutBoot ? 0 : h.boot
        type = bug == .keyWithoutType ? .hello : h.type
        msgID = bug == .keyWithoutMsgid ? 0 : h.msgID
    }
    @inline(__always)
    func add(to hash: inout WordHash) {
        src.add(to: &hash)
        hash.add(UInt64(msgID) << 32 | UInt64(boot) << 8 | UInt64(type.rawValue))
    }
}

/// What fragments have to share to be of one message: between neighbours the sender's address too.
struct AssemblyKey: ExpiringKey {
    let message: MessageKey
    /// Nil for what is relayed, whose fragments may come over several ways.
    let endpoint: Endpoint?
    init(_ h: Header, from endpoint: Endpoint, _ bug: Misbehaviour? = nil) {
        message = MessageKey(h, bug)
        let isAnywhere = h.type.isRelayed && bug != .findKeyEndpoint || bug == .keyWithoutAddress
        self.endpoint = isAnywhere ? nil : endpoint
    }
    @inline(__always)
    func add(to hash: inout WordHash) {
        message.add(to: &hash)
        endpoint?.add(to: &hash)
    }
}

/// The fragments of a message that have come. Nothing is allocated for those that have not.
struct Assembly: Sendable {
    private struct Piece: Sendable {
        var index: UInt16
        var bytes: [UInt8]
        /// The number of the datagram that it came in.
        var number: Int
    }
    /// That of the first datagram.
    let header: Header
    /// When the last new fragment came.
    private(set) var last = Instant.zero
    /// Where the first datagram came from.
    let endpoint: Endpoint
    /// By index. Each has its own memory: one for all would be copied as it grows, and be larger than what is there.
    private var pieces: [Piece] = []
    /// Bytes of the body that are there.
    private(set) var held = 0
    /// What it counts for against the memory that there is.
    private(set) var charge = 0

    init(_ header: Header, from endpoint: Endpoint) {
        self.header = header
        self.endpoint = endpoint
    }
    /// What a fragment counts for.
    static func charge(_ count: Int) -> Int { max(count, Limits.heldLeast) }
    /// Number of fragments that have come.
    var fragments: Int { pieces.count }
    /// Whether all have come.
    var isComplete: Bool { pieces.count == Int(header.fragCount) }
    /// The first of the missing fragments.
    func missing(atMost limit: Int = .max) -> [Int] {
        var out: [Int] = []
        var next = 0
        for p in pieces {
            guard out.count < limit else { return out }
            out += (next..<max(next, Int(p.index))).prefix(limit - out.count)
            next = Int(p.index) + 1
        }
        return out + (next..<max(next, Int(header.fragCount))).prefix(limit - out.count)
    }

    /// Why one more datagram does not fit; nil when it does.
    func fault(_ h: Header, _ part: RawSpan, _ bug: Misbehaviour?) -> Counter? {
        guard h.fragCount == header.fragCount || bug == .mixesFragCount,
            h.bodyLen == header.bodyLen || bug == .mixesBodyLen,
            h.bodyCRC == header.bodyCRC || bug == .mixesBodyCRC,
            h.ackID == header.ackID || bug == .mixesAckID, h.dst == header.dst || bug == .mixesDst,
            h.flags == header.flags || bug != .comparesFlags, h.role == header.role || bug != .comparesRole,
            h.hopLimit == header.hopLimit || bug != .comparesHopLimit
        else { return .inconsistent }
        guard let p = piece(h.fragIndex) else { return nil }
        return p.bytes.span.bytes.isEqual(part) ? .dup : .conflict
    }
    private func piece(_ index: UInt16) -> Piece? {
        let i = position(of: index)
        return i < pieces.count && pieces[i].index == index ? pieces[i] : nil
    }
    /// Its index among the pieces, or where it would be inserted: mostly they come in order.
    private func position(of index: UInt16) -> Int {
        if pieces.last.map({ $0.index < index }) ?? true { return pieces.count }
        return pieces.partitioningIndex { $0.index >= index }
    }
    /// Adds a missing fragment; returns the bytes of the body that have come, and whether all fragments have.
    mutating func add(
        _ index: UInt16, _ part: RawSpan, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool) {
        let i = position(of: index)
        last = now
        let piece = Piece(index: index, bytes: part.withUnsafeBytes { [UInt8]($0) }, number: number)
        if i == pieces.count { pieces.append(piece) } else { pieces.insert(piece, at: i) }
        held += part.byteCount
        charge += Self.charge(part.byteCount)
        return (held, isComplete)
    }
    /// Other bytes for a fragment that is there, of which there are as many.
    mutating func replace(_ index: UInt16, _ part: RawSpan) {
        let i = position(of: index)
        guard i < pieces.count, pieces[i].index == index, pieces[i].bytes.count == part.byteCount else { return }
        pieces[i].bytes = part.withUnsafeBytes { [UInt8]($0) }
    }
    /// Where the fragments that are there stand when they are put together, behind a header.
    var parts: [DatagramPart] {
        var at = Limits.header
        return pieces.map { p in
            defer { at += p.bytes.count }
            return DatagramPart(at..<at + p.bytes.count, of: p.number, at: Limits.header)
        }
    }
    /// What of the header of a whole message stood in the last datagram: not number and length of a fragment.
    static let kept = [0..<56, 58..<68, 70..<Limits.header]
    /// The whole message, as `RightMeshMessage` describes it, with the header of the datagram that came last.
    func whole(_ last: RawSpan) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Limits.header + held)
        last.extracting(first: Limits.header).withUnsafeBytes { out += $0 }
        for p in pieces { out += p.bytes }
        out.put(UInt16(0), at: 56)
        out.put(UInt16(clamping: held), at: 68)
        return out
    }
}

extension RawSpan {
    /// Whether both have the same bytes. Eight at a time: relays repeat whole datagrams.
    func isEqual(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var at = 0
        while byteCount &- at >= 8 {
            guard UInt64.load(self, at, .big) == UInt64.load(other, at, .big) else { return false }
            at &+= 8
        }
        while at < byteCount {
            guard UInt8.load(self, at, .big) == UInt8.load(other, at, .big) else { return false }
            at &+= 1
        }
        return true
    }
}
