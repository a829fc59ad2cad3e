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
            all.indices.dropFirst().first { at in
                guard at + YamuxFrame.headerSize <= all.count else { return false }
                // The session has pings and go-aways, streams the rest.
                let isOfSession = all[at + 4..<at + 8].allSatisfy { $0 == 0 }
                let id = all.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self).bigEndian
                return all[at] == 0 && all[at + 1] <= 3 && all[at + 2] == 0 && all[at + 3] <= 15
                    && isOfSession == (all[at + 1] >= 2)
                    // Of a stream that there is, or that it opens.
                    && (isOfSession || streams[id] != nil || UInt16(all[at + 3]) & YamuxFlags.syn != 0)
            }
        }
    }
    /// What went on in between is unknown: streams go on with what comes.
    public mutating func lose(_ side: Opener) {}
}
