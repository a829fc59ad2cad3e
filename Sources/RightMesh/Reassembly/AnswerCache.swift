internal import Node

/// The answers that were sent. They are sent again to requesters that repeat a request because the answer was lost.
struct AnswerCache: Sendable {
    private struct Answer: Sendable {
        var datagrams: [[UInt8]]
        var sent: Instant
    }
    private var answers = ExpiringLRU<MessageKey, Answer>()
    private var bytes = 0
    /// A seeded fault.
    var bug: Misbehaviour?
    /// True if no answer is kept.
    var isEmpty: Bool { answers.count == 0 }
    /// The most bytes that are kept. Above it, the oldest answers are removed.
    static var limit: Int { 16 << 20 }

    /// Keeps the answer to a request that has just been completed; the caller sends the answer now.
    mutating func keep(_ datagrams: [[UInt8]], to request: MessageKey, now: Instant) {
        remove(request)
        answers.set(request, Answer(datagrams: datagrams, sent: now), at: now)
        bytes += datagrams.byteCount
        while bytes > Self.limit, let (oldest, _) = answers.first { remove(oldest) }
    }
    /// Returns the datagrams of an answer, to be sent to the endpoint that repeats the request. Returns nil if there is
    /// no answer or if it was last sent less than half of `rto` ago.
    mutating func again(_ request: MessageKey, rto: Duration, now: Instant) -> [[UInt8]]? {
        expire(now: now)
        guard let slot = answers.slot(of: request), answers[at: slot].sent + rto / 2 <= now else { return nil }
        answers[at: slot].sent = now
        if bug == .repeatsFirstDatagram { return Array(answers[at: slot].datagrams.prefix(1)) }
        return answers[at: slot].datagrams
    }
    /// Removes answers whose time has passed.
    mutating func expire(now: Instant) {
        let kept = bug.span(Limits.done, early: .answersEarly, late: .answersLate)
        while let (oldest, time) = answers.first, time + kept <= now { remove(oldest) }
    }
    private mutating func remove(_ request: MessageKey) {
        if let gone = answers.remove(request) { bytes -= gone.datagrams.byteCount }
    }
}
