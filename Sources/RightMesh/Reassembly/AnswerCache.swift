internal import Node

/// Answers that were sent, for those who ask again because they did not hear them.
struct AnswerCache: Sendable {
    private struct Answer: Sendable {
        var datagrams: [[UInt8]]
        var sent: Instant
    }
    private var answers = ExpiringLRU<MessageKey, Answer>()
    private var bytes = 0
    /// A seeded fault.
    var bug: Misbehaviour?
    /// Whether none is kept.
    var isEmpty: Bool { answers.count == 0 }
    /// Bytes kept at most; the oldest answers give way.
    static var limit: Int { 16 << 20 }

    /// Keeps the answer to a request that has just been completed, and goes out now.
    mutating func keep(_ datagrams: [[UInt8]], to request: MessageKey, now: Instant) {
        remove(request)
        answers.set(request, Answer(datagrams: datagrams, sent: now), at: now)
        bytes += datagrams.byteCount
        while bytes > Self.limit, let (oldest, _) = answers.first { remove(oldest) }
    }
    /// The same datagrams again, for the endpoint that repeats the request; nil when there are none, or when they went
    /// out less than half of `rto` ago.
    mutating func again(_ request: MessageKey, rto: Duration, now: Instant) -> [[UInt8]]? {
        expire(now: now)
        guard let slot = answers.slot(of: request), answers[at: slot].sent + rto / 2 <= now else { return nil }
        answers[at: slot].sent = now
        if bug == .repeatsFirstDatagram { return Array(answers[at: slot].datagrams.prefix(1)) }
        return answers[at: slot].datagrams
    }
    /// Removes answers that may not be asked for any more.
    mutating func expire(now: Instant) {
        let kept = bug.span(Limits.done, early: .answersEarly, late: .answersLate)
        while let (oldest, time) = answers.first, time + kept <= now { remove(oldest) }
    }
    private mutating func remove(_ request: MessageKey) {
        if let gone = answers.remove(request) { bytes -= gone.datagrams.byteCount }
    }
}
