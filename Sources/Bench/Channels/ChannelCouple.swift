import Glibc
import Node
import WebRTC

/// Two connections with DTLS and SCTP in this process, whose datagrams stay in memory. `Tests/Interop/webrtc/ref.c` has
/// the same in C.
struct ChannelCouple {
    private struct End {
        var peer: PeerConnection
        let at: Endpoint
        var isOpen = false
        var hasEnded = false
        var bytes = 0

        /// Counts the events.
        mutating func settle() {
            for event in peer.takeEvents() {
                switch event {
                case .opened: isOpen = true
                case .message(_, let message, _): bytes += message.count
                case .ended: hasEnded = true
                default: break
                }
            }
        }
    }
    private var first: End
    private var second: End
    /// The number of bytes that wait in a connection before no more are sent.
    private static let waiting = 256 << 10

    /// Creates two connections that know of each other; nil if a description is refused.
    init?(_ identity: SecureIdentity, port: UInt16, _ now: Instant) {
        func end(_ port: UInt16, offers: Bool) -> End {
            let at = Endpoint.loopback(port)
            let options = PeerConnection.Options(identity: identity, hosts: [at])
            return End(
                peer: PeerConnection(offers: offers, options, Random(seed: UInt64(port)), now: now), at: at)
        }
        (first, second) = (end(port, offers: true), end(port + 1, offers: false))
        _ = first.peer.open("messages", now: now)
        do {
            let offer = try SessionDescription(first.peer.description?.text ?? "", as: .offer)
            try second.peer.take(offer, now: now)
            let answer = try SessionDescription(second.peer.description?.text ?? "", as: .answer)
            try first.peer.take(answer, now: now)
        } catch { return nil }
    }
    var hasEnded: Bool { first.hasEnded || second.hasEnded }
    var isOpen: Bool { first.isOpen && second.isOpen }
    /// The number of bytes of messages that the second connection received.
    var received: Int { second.bytes }
    /// The next time at which a timer is due.
    var deadline: Instant? {
        guard let one = first.peer.deadline, let other = second.peer.deadline else { return nil }
        return min(one, other)
    }

    /// Passes datagrams on and counts events. Returns true if there were datagrams.
    mutating func pump() -> Bool {
        let moved = Self.pass(from: &first, to: &second)
        let answered = Self.pass(from: &second, to: &first)
        first.settle()
        second.settle()
        return moved || answered
    }
    private static func pass(from: inout End, to: inout End) -> Bool {
        let datagrams = from.peer.takeDatagrams()
        for one in datagrams { to.peer.receive(one.bytes.span.bytes, from: from.at, now: Self.now) }
        return !datagrams.isEmpty
    }
    mutating func wake() {
        let now = Self.now
        if let at = first.peer.deadline, at <= now { first.peer.wake(now: now) }
        if let at = second.peer.deadline, at <= now { second.peer.wake(now: now) }
    }
    /// Sends messages until many bytes wait, or until `left` is 0. Returns false if one is refused.
    mutating func fill(with message: [UInt8], _ left: inout Int) -> Bool {
        while left > 0, first.peer.unsent < Self.waiting {
            guard (try? first.peer.send(message, isText: false, on: 0, now: Self.now)) != nil else { return false }
            left -= message.count
        }
        return true
    }
    static var now: Instant { .zero + .nanoseconds(Int64(Benchmark.now)) }
}
