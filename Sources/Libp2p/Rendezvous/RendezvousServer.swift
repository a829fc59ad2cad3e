public import Node
import Wire

/// The streams of a rendezvous point, without I/O. Its input are the events on streams, its output the actions to take
/// on them. A peer may send several requests on a stream, one after the other.
public struct RendezvousServer: Sendable {
    private struct Exchange: Sendable {
        var peer: PeerID
        var heard: Instant
        var reader = UnitReader()
    }
    private var point: RendezvousPoint
    private var exchanges: [HostStream: Exchange] = [:]

    public init(_ point: RendezvousPoint) { self.point = point }
    /// The number of open streams.
    public var count: Int { exchanges.count }
    public func has(_ stream: HostStream) -> Bool { exchanges[stream] != nil }

    /// Handles a stream that a peer opened.
    public mutating func opened(_ stream: HostStream, by peer: PeerID, _ now: Instant) -> [StreamAction] {
        let open = exchanges.values.lazy.filter { $0.peer == peer }.count
        guard open < RendezvousLimits.streams else { return [.reset(stream)] }
        exchanges[stream] = Exchange(peer: peer, heard: now)
        return []
    }
    /// Handles the next bytes of a stream.
    public mutating func received(_ bytes: [UInt8], on stream: HostStream, _ now: Instant) -> [StreamAction] {
        guard var exchange = exchanges[stream] else { return [] }
        exchange.heard = now
        var (at, out) = (0, [UInt8]())
        while at < bytes.count {
            var request: RendezvousMessage?
            let result = exchange.reader.next(RendezvousMessage.self, in: bytes.span.bytes, at: &at) { _, unit in
                request = try? RendezvousMessage(copying: unit)
            }
            if case .needMore = result { break }
            guard let request else { return reset(stream, behind: out) }
            switch point.reply(request.rendezvous, of: exchange.peer, now) {
            case .message(let answer): answer.encode(appendingTo: &out)
            case .nothing: break
            case .refused: return reset(stream, behind: out)
            }
        }
        exchanges[stream] = exchange
        return out.isEmpty ? [] : [.send(out, stream)]
    }
    private mutating func reset(_ stream: HostStream, behind out: [UInt8] = []) -> [StreamAction] {
        exchanges[stream] = nil
        return (out.isEmpty ? [] : [.send(out, stream)]) + [.reset(stream)]
    }
    /// Handles the end of a stream, and ends this side's direction too. `isOver`: both directions have ended already.
    public mutating func ended(_ stream: HostStream, isOver: Bool) -> [StreamAction] {
        guard exchanges.removeValue(forKey: stream) != nil else { return [] }
        return isOver ? [] : [.end(stream)]
    }
    /// The time at which `wake` must be called.
    public var deadline: Instant? { exchanges.values.lazy.map { $0.heard + RendezvousLimits.patience }.min() }
    public mutating func wake(_ now: Instant) -> [StreamAction] {
        let late = exchanges.filter { now - $0.value.heard >= RendezvousLimits.patience }
        return late.keys.sorted().flatMap { reset($0) }
    }
}
