import Node
import Wire

/// A message, whatever datagrams it comes in.
public struct MessageKey: Hashable, ExpiringKey {
    let src: MeshID
    let boot: UInt16
    let type: MessageType
    let msgID: UInt32
    init(_ h: Header) { (src, boot, type, msgID) = (h.src, h.boot, h.type, h.msgID) }
    /// As a node with a seeded fault tells messages apart.
    init(_ h: Header, _ bug: Misbehaviour?) {
        src = bug == .keyWithoutSource ? MeshID() : h.src
        boot = bug == .keyWithoutBoot ? 0 : h.boot
        type = bug == .keyWithoutType ? .hello : h.type
        msgID = bug == .keyWithoutMsgID ? 0 : h.msgID
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
        message = bug == nil ? MessageKey(h) : MessageKey(h, bug)
        let isAnywhere = h.type.isRelayed && bug != .findKeyEndpoint || bug == .keyWithoutAddress
        self.endpoint = isAnywhere ? nil : endpoint
    }
    @inline(__always)
    func add(to hash: inout WordHash) {
        message.add(to: &hash)
        endpoint?.add(to: &hash)
    }
}

/// The fragments of a message that are there. Nothing is allocated for those that are not.
struct Assembly: Sendable {
    private struct Piece: Sendable {
        var index: UInt16
        var bytes: [UInt8]
        /// The datagram that it came in, as whoever hears it counts.
        var number: Int
    }
    /// That of the first datagram.
    let header: Header
    /// When the last fragment came that was not there.
    private(set) var last = Instant.zero
    /// Where the first datagram came from.
    let endpoint: Endpoint
    /// By index. Each has its own memory: one for all would be copied as it grows, and be larger than what is there.
    private var pieces: [Piece] = []
    private var isInOrder = true
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
    /// Fragments that are there.
    var fragments: Int { pieces.count }
    /// True when all are there.
    var isComplete: Bool { pieces.count == Int(header.fragCount) }
    /// Which are not there.
    var missing: [Int] { missing(atMost: .max) }
    /// The first of those.
    func missing(atMost limit: Int) -> [Int] {
        var out: [Int] = []
        var next = 0
        for p in pieces {
            guard out.count < limit else { return out }
            out += (next..<max(next, Int(p.index))).prefix(limit - out.count)
            next = Int(p.index) + 1
        }
        return out + (next..<max(next, Int(header.fragCount))).prefix(limit - out.count)
    }

    /// What speaks against one more datagram of the same message; nil when nothing does.
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
        let i = place(of: index)
        return i < pieces.count && pieces[i].index == index ? pieces[i] : nil
    }
    /// Where it stands among the pieces, or would.
    private func place(of index: UInt16) -> Int {
        if isInOrder { return min(Int(index), pieces.count) }
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
    /// Adds a fragment that is not there; tells the bytes of the body that are there then, and whether all fragments
    /// are.
    mutating func add(
        _ index: UInt16, _ part: RawSpan, number: Int, now: Instant
    ) -> (held: Int, isComplete: Bool) {
        let i = place(of: index)
        last = now
        if Int(index) != pieces.count { isInOrder = false }
        let piece = Piece(index: index, bytes: part.withUnsafeBytes { [UInt8]($0) }, number: number)
        if i == pieces.count { pieces.append(piece) } else { pieces.insert(piece, at: i) }
        held += part.byteCount
        charge += Self.charge(part.byteCount)
        return (held, isComplete)
    }
    /// Other bytes for a fragment that is there, of which there are as many.
    mutating func replace(_ index: UInt16, _ part: RawSpan) {
        let i = place(of: index)
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
    /// Header and body of the whole; the header is that of the datagram that came last.
    func whole(_ last: RawSpan) -> [UInt8] {
        let size = Limits.header + held
        var out = [UInt8](unsafeUninitializedCapacity: size) { room, filled in
            guard let to = room.baseAddress.map({ UnsafeMutableRawPointer($0) }) else { return }
            to.initializeMemory(as: UInt8.self, repeating: 0, count: Limits.header)
            var at = Limits.header
            for p in pieces {
                p.bytes.withUnsafeBytes { from in
                    guard let from = from.baseAddress, at + p.bytes.count <= size else { return }
                    (to + at).copyMemory(from: from, byteCount: p.bytes.count)
                    at += p.bytes.count
                }
            }
            filled = at
        }
        WholeForm.setHeader(last, of: &out)
        return out
    }
}

/// A message in one piece, as `RightMeshMessage` describes it.
enum WholeForm {
    /// What of its header stood in the last datagram. Number and length of a fragment are none of the message's.
    static let kept = [0..<56, 58..<68, 70..<Limits.header]
    /// Puts the header of a datagram before a body that begins at 72.
    static func setHeader(_ datagram: RawSpan, of whole: inout [UInt8]) {
        guard datagram.byteCount >= Limits.header, whole.count >= Limits.header else { return }
        let length = UInt16(clamping: whole.count - Limits.header)
        for i in 0..<Limits.header { whole[i] = UInt8.load(datagram, i, .big) }
        (whole[56], whole[57]) = (0, 0)
        (whole[68], whole[69]) = (UInt8(length >> 8), UInt8(length & 255))
    }
}

extension RawSpan {
    /// Whether both have the same bytes.
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
