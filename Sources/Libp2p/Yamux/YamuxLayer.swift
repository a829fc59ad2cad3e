public import Node
import Wire

/// A decoder of both directions of a yamux session. A channel is a stream, identified by its id, and begins with the
/// negotiation of the stream. It lends the bytes of data frames. Streams whose beginning was not seen are decoded only
/// if the whole session is a later part of a connection (`assume`).
public struct YamuxLayer: Layer {
    /// The state of a stream: the side that opened it, and the sides that ended their direction.
    private struct Stream {
        var opener: Opener
        var ended: Set<Opener> = []
    }
    private var streams: [UInt32: Stream] = [:]
    /// True if the beginning of the session is missing. Its streams then begin with their first data.
    public private(set) var lacksName = false
    /// The id of the stream that began last.
    private var latest: UInt32 = 0
    /// The sides that lack bytes, each with the frames found since then. Until there are enough frames, one may begin
    /// inside another.
    private var doubts: [Opener: Doubt] = [:]
    private struct Doubt {
        var frames = 0
        var bytes = 0
        /// True if enough frames were found.
        var isOver: Bool { frames >= StreamLimits.firmMessages && bytes >= StreamLimits.firmBytes }
    }

    /// The maximum payload of a frame in bytes: 16 MiB, the largest window that implementations grant.
    public static let payloadLimit: UInt32 = 16 << 20
    /// The maximum number of open streams. Further ones are not decoded.
    public static let streamLimit = 65_536

    /// Creates a decoder of a fresh session.
    public init() {}

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        guard bytes.byteCount >= YamuxFrame.headerSize else {
            return .needMore(YamuxFrame.headerSize - bytes.byteCount)
        }
        if doubts[side] != nil, !bytes.withUnsafeBytes({ isLikely($0, 0) }) {
            doubts[side] = Doubt()
            return .refused(WireError(reason: .unexplained, path: "", offset: 0))
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
        if var doubt = doubts[side] {
            doubt.frames += 1
            doubt.bytes += length
            doubts[side] = doubt.isOver ? nil : doubt
        }
        return .unit(YamuxFrame.self, length: length)
    }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        guard bytes.byteCount >= YamuxFrame.headerSize else { return nil }
        // Only data frames have bytes after the header.
        let count = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt32.self).bigEndian
        return Announcement(YamuxFrame.self, length: YamuxFrame.headerSize + Int(count))
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
        if streams[id] == nil, lacksName, length > YamuxFrame.headerSize, streams.count < Self.streamLimit {
            // The side that opened the connection opens streams with odd ids.
            let opener: Opener = id % 2 == 1 ? .us : .them
            streams[id] = Stream(opener: opener)
            latest = max(latest, id)
            output.append(.begins(channel, by: opener, speaks: ""))
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
    /// Returns whether the bytes from `at` on are a header of a known stream, or of a stream that begins. A header of
    /// the session does not count: the id and the length of a window update look like a go-away or a ping.
    private func isHeader(_ all: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        guard isLikely(all, at) else { return false }
        let id = Self.id(all, at)
        return id != 0 && (lacksName || streams[id] != nil || UInt16(all[at + 3]) & YamuxFlags.syn != 0)
    }
    /// Returns whether the bytes from `at` on may be a header, even of a stream whose beginning is missing.
    private func isLikely(_ all: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        guard all[at] == 0, all[at + 1] <= 3, all[at + 2] == 0, all[at + 3] <= 15 else { return false }
        let id = Self.id(all, at)
        // Pings and go-aways are frames of the session, the others of streams.
        guard (id == 0) == (all[at + 1] >= 2) else { return false }
        if lacksName, streams.isEmpty { return id != 0 }
        return id == 0 || streams[id] != nil || id &- latest &+ Self.near < 2 * Self.near
    }
    private static func id(_ all: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
        all.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self).bigEndian
    }
    /// The maximum distance between the id of a new stream and the latest id.
    private static let near: UInt32 = 1 << 16
    /// Notes missing bytes. The missing frames are unknown, so each stream continues with the frames that follow.
    public mutating func lose(_ side: Opener) { doubts[side] = Doubt() }
    public mutating func assume(_ speaks: String) { lacksName = true }
}
