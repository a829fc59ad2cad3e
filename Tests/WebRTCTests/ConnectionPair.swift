import Glibc
import Node

@testable import WebRTC

/// Two connections in virtual time, with a path between them that may lose datagrams.
struct ConnectionPair {
    var offerer: PeerConnection
    var answerer: PeerConnection
    private(set) var now = Instant.zero
    private(set) var events: (offerer: [PeerConnection.Event], answerer: [PeerConnection.Event]) = ([], [])
    private var flying: [(at: Instant, toOfferer: Bool, from: Endpoint, bytes: [UInt8])] = []
    private var random: Random
    /// The number of bytes of the largest datagram.
    private(set) var largest = 0
    var loss = 0.0
    /// The share of datagrams in which a bit changes on the way.
    var corruption = 0.0
    var delay = Duration.milliseconds(5)
    /// True if time passes as on the machine, because the transports use its clock.
    private let isReal: Bool
    static let offererAt = Endpoint.loopback(1001), answererAt = Endpoint.loopback(1002)

    /// Both sides use this identity; nil: each has its own plain identity.
    init(
        seed: UInt64 = 1, identity: (any TransportIdentity)? = nil,
        changing change: (inout PeerConnection.Options) -> Void = { _ in }
    ) {
        random = Random(seed: seed)
        isReal = identity != nil
        func options(_ at: Endpoint, _ random: inout Random) -> PeerConnection.Options {
            var out = PeerConnection.Options(
                identity: identity ?? PlainIdentity(&random), hosts: [at])
            change(&out)
            return out
        }
        let first = options(Self.offererAt, &random), second = options(Self.answererAt, &random)
        offerer = PeerConnection(offers: true, first, Random(seed: random.next()), now: .zero)
        answerer = PeerConnection(offers: false, second, Random(seed: random.next()), now: .zero)
    }
    /// Exchanges offer and answer as texts. `edit` changes the text of the answer.
    mutating func introduce(edit: (String) -> String = { $0 }) throws {
        guard let offer = offerer.description else { return }
        try answerer.take(try SessionDescription(offer.text, as: .offer), now: now)
        guard let answer = answerer.description else { return }
        try offerer.take(try SessionDescription(edit(answer.text), as: .answer), now: now)
    }
    /// Runs for a time, or until `isDone` returns true.
    mutating func run(for time: Duration, until isDone: (Self) -> Bool = { _ in false }) {
        let end = now + time
        while !isDone(self) {
            collect()
            let next = [flying.map(\.at).min(), offerer.deadline, answerer.deadline].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            if isReal, next > now { usleep(UInt32(clamping: (next - now).nanoseconds / 1000)) }
            now = max(now, next)
            let due = flying.filter { $0.at <= now }
            flying.removeAll { $0.at <= now }
            for one in due {
                if one.toOfferer {
                    offerer.receive(one.bytes.span.bytes, from: one.from, now: now)
                } else {
                    answerer.receive(one.bytes.span.bytes, from: one.from, now: now)
                }
            }
            if let at = offerer.deadline, at <= now { offerer.wake(now: now) }
            if let at = answerer.deadline, at <= now { answerer.wake(now: now) }
        }
        collect()
        if !isDone(self) { now = max(now, end) }
    }
    private mutating func collect() {
        for one in offerer.takeDatagrams() { fly(one, toOfferer: false, from: Self.offererAt) }
        for one in answerer.takeDatagrams() { fly(one, toOfferer: true, from: Self.answererAt) }
        events.offerer += offerer.takeEvents()
        events.answerer += answerer.takeEvents()
    }
    private mutating func fly(_ one: (to: Endpoint, bytes: [UInt8]), toOfferer: Bool, from: Endpoint) {
        largest = max(largest, one.bytes.count)
        guard one.to == (toOfferer ? Self.offererAt : Self.answererAt), !random.hits(loss) else { return }
        var bytes = one.bytes
        if corruption > 0, random.hits(corruption), !bytes.isEmpty {
            bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
        }
        flying.append((now + delay, toOfferer, from, bytes))
    }
    /// The received messages of a side, in order.
    static func messages(_ events: [PeerConnection.Event]) -> [[UInt8]] {
        events.compactMap { if case .message(_, let bytes, _) = $0 { bytes } else { nil } }
    }
    static func opened(_ events: [PeerConnection.Event]) -> [String] {
        events.compactMap { if case .opened(_, let label, _, _, _) = $0 { label } else { nil } }
    }
    static func ended(_ events: [PeerConnection.Event]) -> String? {
        if case .ended(let why)? = events.last { why } else { nil }
    }
}
