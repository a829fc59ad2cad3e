internal import Node
import Wire

/// The requests that wait for their answers. A request is sent at 0, RTO and 2 RTO, with the same bytes each time, and
/// has failed at 3 RTO.
struct Requests: Sendable {
    /// The purpose of a request.
    enum Purpose: Sendable {
        case greeting
        case uplink
        case push
        /// A FIND for these targets. The event that reports the result repeats `ticket`.
        case find([MeshID], ticket: Value?)
    }
    struct Request: Sendable {
        var type: MessageType
        /// The destination; zero if it was unknown.
        var dst: MeshID
        var endpoint: Endpoint
        var purpose: Purpose
        var datagrams: [[UInt8]]
        fileprivate var sends = 1
        init(_ type: MessageType, to dst: MeshID, at endpoint: Endpoint, for purpose: Purpose, _ datagrams: [[UInt8]]) {
            (self.type, self.dst, self.endpoint) = (type, dst, endpoint)
            (self.purpose, self.datagrams) = (purpose, datagrams)
        }
        var isPush: Bool { if case .push = purpose { true } else { false } }
    }
    /// An action that is due for a request.
    enum Due: Sendable {
        case again(Request)
        case failed(msgID: UInt32, Request)
    }
    /// The requests by msg_id, in the order of their last sending.
    private var waiting = ExpiringLRU<UInt32, Request>()
    private var bytes = 0
    /// A seeded fault.
    var bug: Misbehaviour?
    private var rto: Duration { bug.span(Limits.retransmission, early: .rtoEarly, late: .rtoLate) }

    /// The number of requests that wait.
    var count: Int { waiting.count }
    /// The time at which the first request is due.
    var deadline: Instant? { waiting.first.map { $0.time + rto } }
    /// Keeps a request that has been sent, unless a limit is reached.
    mutating func keep(_ msgID: UInt32, _ request: Request, _ now: Instant) {
        let size = request.datagrams.byteCount
        guard waiting.count < Limits.requests, bytes + size <= Limits.requestBytes else { return }
        if let old = waiting.remove(msgID) { bytes -= old.datagrams.byteCount }
        waiting.set(msgID, request, at: now)
        bytes += size
    }
    /// Returns true if a request of this type waits.
    func isWaiting(for type: MessageType) -> Bool { waiting.all.contains { $0.value.type == type } }
    /// Removes and returns the request that a message answers.
    mutating func take(answeredBy h: Header) -> Request? {
        guard h.type.isAck, let r = waiting[h.ackID], r.type.ack == h.type || bug == .answeredByAnyType,
            r.dst == h.src || r.dst == MeshID() || bug == .answeredByAnyone, bug != .resendsAnswered
        else { return nil }
        return remove(h.ackID)
    }
    /// Returns the next request that was not answered in time.
    mutating func due(_ now: Instant) -> Due? {
        guard let (msgID, time) = waiting.first, time + rto <= now, var r = waiting[msgID]
        else { return nil }
        let sends = bug == .sendsTwice ? 2 : bug == .sendsFourTimes ? 4 : Limits.sends
        guard r.sends < sends, !(bug == .pushOnce && r.isPush) else {
            remove(msgID)
            return .failed(msgID: msgID, r)
        }
        r.sends += 1
        waiting.set(msgID, r, at: now)
        return .again(r)
    }
    @discardableResult private mutating func remove(_ msgID: UInt32) -> Request? {
        guard let r = waiting.remove(msgID) else { return nil }
        bytes -= r.datagrams.byteCount
        return r
    }
}
