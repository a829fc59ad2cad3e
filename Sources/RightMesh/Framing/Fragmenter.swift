import Crypto
import Wire

/// The reason why a message cannot be sent.
public enum FragmentError: Error, Equatable, Sendable {
    /// The message is shorter than a header.
    case noMessage
    /// The limit for a datagram is not between 256 and 8,000 bytes.
    case maxDatagram(Int)
    /// The body is longer than a body may be.
    case body(Int)
    /// The message has more records than it may have.
    case records(Int)
    /// The message needs more datagrams than it may have.
    case fragments(Int)
    /// A record does not fit into a datagram.
    case record(Int)
}

/// Cuts whole messages into datagrams.
public enum Fragmenter {
    /// Returns the datagrams of a message, each at most `maxDatagram` bytes long. `RightMeshMessage` describes the form
    /// of a message. The datagrams are filled in order and cut only before records; the header of a section is in the
    /// same datagram as its first record. From the place where a body is malformed, it is cut where a datagram is full.
    ///
    /// All fields of the header remain unchanged except `frag_index`, `frag_count` and `frag_len`. Wrong values are
    /// sent as they are.
    public static func split(_ message: RawSpan, maxDatagram: Int = 8000) throws(FragmentError) -> [[UInt8]] {
        guard message.byteCount >= Limits.header else { throw .noMessage }
        guard Limits.datagram.contains(maxDatagram) else { throw .maxDatagram(maxDatagram) }
        let body = message.extracting(Limits.header...)
        guard body.byteCount <= Limits.body else { throw .body(body.byteCount) }
        var cutter = Cutter(capacity: maxDatagram - Limits.header)
        try cutter.cut(body)
        guard cutter.ends.count <= Limits.fragments else { throw .fragments(cutter.ends.count) }
        var out: [[UInt8]] = []
        out.reserveCapacity(cutter.ends.count)
        var start = 0
        for (i, end) in cutter.ends.enumerated() {
            out.append(
                fragment(message, start..<end, index: UInt16(clamping: i), count: UInt16(clamping: cutter.ends.count)))
            start = end
        }
        return out
    }
    /// Sets `body_len` and `body_crc` of a message to the length and checksum of its body.
    public static func seal(_ message: inout [UInt8]) {
        guard message.count >= Limits.header else { return }
        let crc = CRC32C.checksum(message.span.bytes.extracting(Limits.header...))
        message.put(UInt32(clamping: message.count - Limits.header), at: 60)
        message.put(crc, at: 64)
    }

    private static func fragment(_ message: RawSpan, _ part: Range<Int>, index: UInt16, count: UInt16) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Limits.header + part.count)
        message.extracting(..<Limits.header).withUnsafeBytes { out += $0 }
        message.extracting(Limits.header...).extracting(part).withUnsafeBytes { out += $0 }
        out.put(index, at: 56)
        out.put(count, at: 58)
        out.put(UInt16(clamping: part.count), at: 68)
        return out
    }
}

/// Finds the places where a body is cut.
private struct Cutter {
    /// The number of bytes of a fragment.
    let capacity: Int
    /// The end of each fragment.
    var ends: [Int] = []
    private var at = 0
    private var used = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func cut(_ body: RawSpan) throws(FragmentError) {
        var records = 0
        while at < body.byteCount {
            guard let section = SectionHeader(body, at: at),
                section.content <= body.byteCount - at - SectionHeader.size
            else { break }
            if section.kind.leastRecord != nil { records += section.count }
            guard records <= Limits.records else { throw .records(records) }
            // Records without bytes need no space.
            let (length, count) = (section.recLen, section.recLen > 0 ? section.count : 0)
            try reserve(SectionHeader.size + (count > 0 ? length : 0))
            for _ in 0..<max(count - 1, 0) { try reserve(length) }
        }
        // The rest of the body is malformed.
        while at < body.byteCount {
            if used == capacity { end() }
            let n = min(capacity - used, body.byteCount - at)
            at += n
            used += n
        }
        ends.append(at)
    }
    private mutating func reserve(_ size: Int) throws(FragmentError) {
        guard size <= capacity else { throw .record(size) }
        if used > 0, used + size > capacity { end() }
        at += size
        used += size
    }
    private mutating func end() {
        ends.append(at)
        used = 0
    }
}

extension [[UInt8]] {
    /// The number of bytes of all datagrams of a message.
    var byteCount: Int { reduce(0) { $0 + $1.count } }
}

extension [UInt8] {
    /// Writes a number with its highest byte first.
    mutating func put<N: FixedWidthInteger>(_ number: N, at offset: Int) {
        let size = N.bitWidth / 8
        for i in 0..<size { self[offset + i] = UInt8(truncatingIfNeeded: number >> N(8 * (size - 1 - i))) }
    }
}
