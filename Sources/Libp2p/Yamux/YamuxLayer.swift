public import Node
import Wire

/// Both directions of a yamux session taken apart. A channel is a stream, by its id; it speaks the negotiation of a
/// stream. Bytes of data frames are lent; those of streams whose beginning was not seen are not carried.
public struct YamuxLayer: Layer {
    /// What is known of a stream: who opened it, and who still sends.
    private struct Stream {
        var opener: Opener
        var ended: Set<Opener> = []
    }
    private var streams: [UInt32: Stream] = [:]
    /// The id of the stream that began last.
    private var latest: UInt32 = 0

    /// Payload of a frame: 16 MiB, the largest window that implementations grant.
    public static let payloadLimit: UInt32 = 16 << 20
    /// Streams that are open at a time; further ones are not carried.
    public static let streamLimit = 65_536

    /// A fresh session.
    public init() {}

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        guard bytes.byteCount >= YamuxFrame.headerSize else {
            return .needMore(YamuxFrame.headerSize - bytes.byteCount)
        }
        let type = YamuxType(rawValue: bytes.unsafeLoad(fromUncheckedByteOffset: 1, as: UInt8.self))
        let flags = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 2, as: UInt16.self).bigEndian
        let id = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt32.self).bigEndian
        let value = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt32.self).bigEndian
        var length = YamuxFrame.headerSize
        if type == .data {
            guard value <= Self.payloadLimit else {
                return .refused(
                    WireError(
                        reason: .illegal, path: "length", offset: 8, wanted: UInt64(Self.payloadLimit),
                        had: UInt64(value)))
            }
            length += Int(value)
            guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        }
        if type == .data || type == .windowUpdate { carry(id, flags, length, from: side, into: &output) }
        return .unit(YamuxFrame.self, length: length)
    }
    private mutating func carry(
        _ id: UInt32, _ flags: UInt16, _ length: Int, from side: Opener, into output: inout LayerOutput
    ) {
        guard id != 0 else { return }
        let channel = ChannelID(UInt64(id))
        if flags & YamuxFlags.syn != 0, streams[id] == nil, streams.count < Self.streamLimit {
            streams[id] = Stream(opener: side)
            latest = id
            output.append(.begins(channel, by: side, speaks: LayerName.stream))
        }
        guard streams[id] != nil else { return }
        if length > YamuxFrame.headerSize { output.append(.lent(channel, YamuxFrame.headerSize..<length)) }
        if flags & YamuxFlags.rst != 0 {
            for by in [side, side.opposite] where streams[id]?.ended.contains(by) == false {
                output.append(.ends(channel, by: by, isReset: true))
            }
            streams[id] = nil
        } else if flags & YamuxFlags.fin != 0, streams[id]?.ended.insert(side).inserted == true {
            output.append(.ends(channel, by: side))
            if streams[id]?.ended.count == 2 { streams[id] = nil }
        }
    }
    public func resync(_ bytes: RawSpan) -> Int? {
        bytes.withUnsafeBytes { all in
            all.indices.dropFirst().first { $0 + YamuxFrame.headerSize <= all.count && isHeader(all, $0) }
        }
    }
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        bytes.byteCount < YamuxFrame.headerSize || bytes.withUnsafeBytes { isHeader($0, 0) }
    }
    /// Whether the bytes from `at` on look like a header, which other bytes hardly do.
    private func isHeader(_ all: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        guard all[at] == 0, all[at + 1] <= 3, all[at + 2] == 0, all[at + 3] <= 15 else { return false }
        let id = all.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self).bigEndian
        // The session has pings and go-aways, streams the rest.
        guard (id == 0) == (all[at + 1] >= 2) else { return false }
        // Of a stream that there is, or that it opens.
        return id == 0 || streams[id] != nil
            || UInt16(all[at + 3]) & YamuxFlags.syn != 0 && id &- latest &+ Self.near < 2 * Self.near
    }
    /// The id of a stream that begins is at most so far from that of the latest one.
    private static let near: UInt32 = 1 << 16
    /// What went on in between is unknown: streams go on with what comes.
    public mutating func lose(_ side: Opener) {}
}
