import Libp2p
import Node
import Wire

/// A server that answers requests for snapshots, without I/O. Its input are the events on streams, its output the
/// actions to take on them.
struct SnapshotServer: Sendable {
    private struct Exchange: Sendable {
        var peer: PeerID
        var began: Instant
        var reader = UnitReader()
        var isAnswered = false
        /// True if the peer has ended its direction.
        var isEnded = false
    }
    private var exchanges: [HostStream: Exchange] = [:]
    /// The times of each peer's requests within the last minute.
    private var asked: [PeerID: [Instant]] = [:]
    let faults: Set<BookFault>

    /// The maximum number of requests of a peer that are answered at a time, and in a minute.
    static let limitAtATime = 4
    static let limitInAMinute = 10
    static let minute = Duration.seconds(60)
    /// The number of peers from which on requests older than a minute are forgotten.
    private static let rememberedPeers = 1024
    /// The time limit of a stream, from its opening to its end.
    static let patience = Duration.seconds(60)

    init(_ faults: Set<BookFault> = []) { self.faults = faults }
    /// The number of open streams.
    var count: Int { exchanges.count }

    /// Handles a stream that a peer opened.
    mutating func opened(_ stream: HostStream, by peer: PeerID, _ now: Instant) -> [StreamAction] {
        let open = exchanges.values.lazy.filter { $0.peer == peer }.count
        guard open < Self.limitAtATime || faults.contains(.answersUnlimited) else { return [.reset(stream)] }
        exchanges[stream] = Exchange(peer: peer, began: now)
        return []
    }
    func has(_ stream: HostStream) -> Bool { exchanges[stream] != nil }
    /// Handles the next bytes of a stream. It ignores bytes after the request.
    mutating func received(
        _ bytes: [UInt8], on stream: HostStream, _ book: inout OrderBook, _ now: Instant
    ) -> [StreamAction] {
        guard var exchange = exchanges[stream], !exchange.isAnswered else { return [] }
        var at = 0
        var request: SnapshotRequest?
        let result = exchange.reader.next(SnapshotRequest.self, in: bytes.span.bytes, at: &at) { _, unit in
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
        // A request without a market is for the empty name, a market that no node has.
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
    /// Counts a request. Returns false if the peer exceeds the limit.
    private mutating func count(_ peer: PeerID, _ now: Instant) -> Bool {
        let recent = (asked[peer] ?? []).filter { now - $0 < Self.minute }
        guard recent.count < Self.limitInAMinute || faults.contains(.answersUnlimited) else { return false }
        if asked.count >= Self.rememberedPeers { forget(now) }
        asked[peer] = recent + [now]
        return true
    }
    /// Forgets the peers whose last request is more than a minute old.
    private mutating func forget(_ now: Instant) {
        asked = asked.filter { $0.value.contains { now - $0 < Self.minute } }
    }
    /// Handles the end of a stream. `isOver`: both directions have ended; otherwise only the peer's direction has.
    mutating func ended(_ stream: HostStream, isOver: Bool) -> [StreamAction] {
        guard let exchange = exchanges[stream] else { return [] }
        if isOver || exchange.isAnswered {
            exchanges[stream] = nil
            return []
        }
        // The request is incomplete or missing.
        return reset(stream)
    }
    /// The time at which `wake` must be called.
    var deadline: Instant? { exchanges.values.lazy.map { $0.began + Self.patience }.min() }
    mutating func wake(_ now: Instant) -> [StreamAction] {
        forget(now)
        return exchanges.filter { now - $0.value.began >= Self.patience }.keys.sorted().flatMap { reset($0) }
    }
}
