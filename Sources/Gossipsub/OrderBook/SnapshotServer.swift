import Libp2p
import Node
import Wire

/// Answers requests for snapshots, without I/O: what happens on streams goes in, what is to be done there comes out.
struct SnapshotServer: Sendable {
    private struct Exchange: Sendable {
        var peer: PeerID
        var began: Instant
        var reader = UnitReader()
        var isAnswered = false
        /// The other side says no more.
        var isEnded = false
    }
    private var exchanges: [HostStream: Exchange] = [:]
    /// When each peer asked, within the last minute.
    private var asked: [PeerID: [Instant]] = [:]
    let faults: Set<BookFault>

    /// Requests of a peer that are answered at a time, and in a minute.
    static let limitAtATime = 4
    static let limitInAMinute = 10
    static let minute = Duration.seconds(60)
    /// With so many peers that asked, those of more than a minute ago are forgotten.
    private static let rememberedPeers = 1024
    /// From the beginning of a stream to its end.
    static let patience = Duration.seconds(60)

    init(_ faults: Set<BookFault> = []) { self.faults = faults }
    /// Streams that are not over.
    var count: Int { exchanges.count }

    /// A peer opened a stream.
    mutating func opened(_ stream: HostStream, by peer: PeerID, _ now: Instant) -> [StreamAction] {
        let open = exchanges.values.lazy.filter { $0.peer == peer }.count
        guard open < Self.limitAtATime || faults.contains(.answersUnlimited) else { return [.reset(stream)] }
        exchanges[stream] = Exchange(peer: peer, began: now)
        return []
    }
    func has(_ stream: HostStream) -> Bool { exchanges[stream] != nil }
    /// The next bytes of a stream. What comes behind the request is passed over.
    mutating func received(
        _ bytes: [UInt8], on stream: HostStream, _ book: inout OrderBook, _ now: Instant
    ) -> [StreamAction] {
        guard var exchange = exchanges[stream], !exchange.isAnswered else { return [] }
        var at = 0
        var request: SnapshotRequest?
        let result = exchange.reader.next(SnapshotRequest.self, bytes.span.bytes, &at) { _, unit in
            request = try? SnapshotRequest(copying: unit)
        }
        if case .needMore = result {
            exchanges[stream] = exchange
            return []
        }
        guard let request else {
            if faults.contains(.unreadableAnswered) { return answer(book.answer([], now: now), exchange, stream) }
            return reset(stream)
        }
        // Without one it is for a market that nobody has.
        let market = request.request.market?.bytes.own ?? []
        if faults.contains(.unknownRequestRefused), !request.request.unknown.items.isEmpty { return reset(stream) }
        guard count(exchange.peer, now) else { return reset(stream) }
        if book.markets[market] == nil, faults.contains(.otherMarketReset) { return reset(stream) }
        return answer(book.answer(market, now: now), exchange, stream)
    }
    private mutating func answer(
        _ parts: [[UInt8]], _ exchange: Exchange, _ stream: HostStream
    ) -> [StreamAction] {
        let isOpen = faults.contains(.answerNotEnded)
        exchanges[stream]?.isAnswered = true
        if exchange.isEnded, !isOpen { exchanges[stream] = nil }
        return [.send(parts.flatMap { $0 }, stream)] + (isOpen ? [] : [.end(stream)])
    }
    private mutating func reset(_ stream: HostStream) -> [StreamAction] {
        exchanges[stream] = nil
        return [.reset(stream)]
    }
    /// Counts a request; false: it is one too many.
    private mutating func count(_ peer: PeerID, _ now: Instant) -> Bool {
        let recent = (asked[peer] ?? []).filter { now - $0 < Self.minute }
        guard recent.count < Self.limitInAMinute || faults.contains(.answersUnlimited) else { return false }
        if asked.count >= Self.rememberedPeers { forget(now) }
        asked[peer] = recent + [now]
        return true
    }
    /// Forgets who asked more than a minute ago.
    private mutating func forget(_ now: Instant) {
        asked = asked.filter { $0.value.contains { now - $0 < Self.minute } }
    }
    /// The other side says no more, or nobody does. `isOver` of the latter.
    mutating func ended(_ stream: HostStream, isOver: Bool) -> [StreamAction] {
        guard let exchange = exchanges[stream] else { return [] }
        if isOver || exchange.isAnswered {
            exchanges[stream] = nil
            return []
        }
        // Half a request, or none.
        return reset(stream)
    }
    /// When `wake` is wanted.
    var deadline: Instant? { exchanges.values.lazy.map { $0.began + Self.patience }.min() }
    mutating func wake(_ now: Instant) -> [StreamAction] {
        forget(now)
        return exchanges.filter { now - $0.value.began >= Self.patience }.keys.sorted().flatMap { reset($0) }
    }
}
