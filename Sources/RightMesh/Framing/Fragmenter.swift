import Crypto
import Wire

/// Why a message cannot be sent.
public enum FragmentError: Error, Equatable, Sendable {
    /// Fewer bytes than a header has.
    case noMessage
    /// The limit for a datagram is not between 256 and 8,000.
    case maxDatagram(Int)
    /// More bytes than a body may have.
    case body(Int)
    /// More records than a message may have.
    case records(Int)
    /// More datagrams than a message may have.
    case fragments(Int)
    /// A record does not fit into a datagram.
    case record(Int)
}

/// Cuts whole messages into datagrams.
public enum Fragmenter {
    /// The datagrams of a message (`RightMeshMessage` tells its form), none longer than `maxDatagram`. They are filled
    /// in order and cut before records only; the header of a section travels with its first record. A body that is none
    /// is cut wherever a datagram is full, from where it ceases to be one.
    ///
    /// All fields of the header stay as they are but for `frag_index`, `frag_count` and `frag_len`: lies are told.
    public static func split(_ message: RawSpan, maxDatagram: Int = 8000) throws(FragmentError) -> [[UInt8]] {
        guard message.byteCount >= Limits.header else { throw .noMessage }
        guard Limits.datagram.contains(maxDatagram) else { throw .maxDatagram(maxDatagram) }
        let body = message.extracting(Limits.header...)
        guard body.byteCount <= Limits.body else { throw .body(body.byteCount) }
        var cutter = Cutter(room: maxDatagram - Limits.header)
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
    /// Sets `body_len` and `body_crc` of a message to what its body has.
    public static func seal(_ message: inout [UInt8]) {
        guard message.count >= Limits.header else { return }
        let crc = CRC32C.checksum(message.span.bytes.extracting(Limits.header...))
        put(UInt32(clamping: message.count - Limits.header), at: 60, of: &message)
        put(crc, at: 64, of: &message)
    }

    private static func fragment(_ message: RawSpan, _ part: Range<Int>, index: UInt16, count: UInt16) -> [UInt8] {
        let size = Limits.header + part.count
        var out = [UInt8](unsafeUninitializedCapacity: size) { room, filled in
            message.withUnsafeBytes { message in
                guard let to = room.baseAddress, let from = message.baseAddress else { return }
                let raw = UnsafeMutableRawPointer(to)
                raw.copyMemory(from: from, byteCount: Limits.header)
                (raw + Limits.header).copyMemory(from: from + Limits.header + part.lowerBound, byteCount: part.count)
                filled = size
            }
        }
        put(index, at: 56, of: &out)
        put(count, at: 58, of: &out)
        put(UInt16(clamping: part.count), at: 68, of: &out)
        return out
    }
    private static func put<N: FixedWidthInteger>(_ number: N, at offset: Int, of bytes: inout [UInt8]) {
        let size = N.bitWidth / 8
        for i in 0..<size { bytes[offset + i] = UInt8(truncatingIfNeeded: number >> N(8 * (size - 1 - i))) }
    }
}

/// Finds where a body is cut.
private struct Cutter {
    /// Bytes of a fragment.
    let room: Int
    /// Where each fragment ends.
    var ends: [Int] = []
    private var at = 0
    private var used = 0

    init(room: Int) { self.room = room }

    mutating func cut(_ body: RawSpan) throws(FragmentError) {
        var records = 0
        while at < body.byteCount {
            guard let section = SectionHeader(body, at: at),
                section.content <= body.byteCount - at - SectionHeader.size
            else { break }
            let length = section.recLen
            var count = section.count
            if section.kind.leastRecord != nil { records += count }
            guard records <= Limits.records else { throw .records(records) }
            // Without bytes they need no place.
            if length == 0 { count = 0 }
            try place(SectionHeader.size + (count > 0 ? length : 0))
            count -= min(count, 1)
            while count > 0 {
                let fitting = (room - used) / length
                guard fitting > 0 else {
                    guard length <= room else { throw .record(length) }
                    end()
                    continue
                }
                let n = min(fitting, count)
                at += n * length
                used += n * length
                count -= n
            }
        }
        // What is no section any more.
        while at < body.byteCount {
            if used == room { end() }
            let n = min(room - used, body.byteCount - at)
            at += n
            used += n
        }
        ends.append(at)
    }
    private mutating func place(_ size: Int) throws(FragmentError) {
        guard size <= room else { throw .record(size) }
        if used > 0, used + size > room { end() }
        at += size
        used += size
    }
    private mutating func end() {
        ends.append(at)
        used = 0
    }
}
