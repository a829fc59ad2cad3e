import Node
import Wire

/// The identity of a message, the same in all its datagrams.
public struct MessageKey: Hashable, ExpiringKey {
    let src: MeshID
    let boot: UInt16
    let type: MessageType
    let msgID: UInt32
    /// Creates the key of the message with this header, as a node with a seeded fault distinguishes messages.
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

/// The identity that the fragments of a message share. Between neighbours, it includes the sender's address.
struct AssemblyKey: ExpiringKey {
    let message: MessageKey
    /// The sender's address; nil for relayed messages, whose fragments may take several paths.
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

/// The received fragments of a message. No memory is allocated for missing ones.
struct Assembly: Sendable {
    private struct Piece: Sendable {
        var index: UInt16
        var bytes: [UInt8]
        /// The number of the datagram that held the fragment.
        var number: Int
    }
    /// The header of the first datagram.
    let header: Header
    /// The time at which the last new fragment was received.
    private(set) var last = Instant.zero
    /// The sender's endpoint of the first datagram.
    let endpoint: Endpoint
    /// The fragments by index. Each has its own memory: a common buffer would be copied as it grows, and be larger than
    /// its contents.
    private var pieces: [Piece] = []
    /// The number of received bytes of the body.
    private(set) var held = 0
    /// The number of bytes that the message counts against the memory limit.
    private(set) var charge = 0

    init(_ header: Header, from endpoint: Endpoint) {
        self.header = header
        self.endpoint = endpoint
    }
    /// Returns the number of bytes that a fragment counts against the memory limit.
    static func charge(_ count: Int) -> Int { max(count, Limits.heldLeast) }
    /// The number of received fragments.
    var fragments: Int { pieces.count }
    /// True if all fragments have been received.
    var isComplete: Bool { pieces.count == Int(header.fragCount) }
    /// Returns the indexes of the first missing fragments, at most `limit`.
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

    /// Returns why one more datagram does not fit, or nil if it does.
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
    /// Returns the position of a fragment among the pieces, or the position at which it would be inserted. Fragments
    /// usually arrive in order.
    private func position(of index: UInt16) -> Int {
        if pieces.last.map({ $0.index < index }) ?? true { return pieces.count }
        return pieces.partitioningIndex { $0.index >= index }
    }
    /// Adds a missing fragment. Returns the number of received bytes of the body, and true if all fragments have been
    /// received.
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
    /// Replaces the bytes of a received fragment by others of the same length.
    mutating func replace(_ index: UInt16, _ part: RawSpan) {
        let i = position(of: index)
        guard i < pieces.count, pieces[i].index == index, pieces[i].bytes.count == part.byteCount else { return }
        pieces[i].bytes = part.withUnsafeBytes { [UInt8]($0) }
    }
    /// The places of the received fragments in the rejoined message, which begins with a header.
    var parts: [DatagramPart] {
        var at = Limits.header
        return pieces.map { p in
            defer { at += p.bytes.count }
            return DatagramPart(at..<at + p.bytes.count, of: p.number, at: Limits.header)
        }
    }
    /// The ranges of the header of a whole message that are copied from the last datagram: all except index and length
    /// of the fragment.
    static let kept = [0..<56, 58..<68, 70..<Limits.header]
    /// Returns the whole message in the form that `RightMeshMessage` describes, with the header of the last datagram.
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
    /// Returns true if both have the same bytes. It compares eight bytes at a time, because relays repeat whole
    /// datagrams.
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
