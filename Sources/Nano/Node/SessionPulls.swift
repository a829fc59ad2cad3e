import Node
import Wire

// Ascending bootstrap, as the one who is asked.
extension Session {
    /// Answers a request under the id that it has. Of those that come in one piece so many find a place in the queue;
    /// what is beyond is lost.
    mutating func answer(_ bytes: RawSpan, _ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        waitingPulls += 1
        guard waitingPulls <= core.limits.pullQueue, let request = try? AscPullReq(copying: bytes),
            !core.has(.shortPullQueue) || pullCount < 10, !core.has(.servesNewestOnly) || core.newest == link
        else { return }
        if core.closes(on: request.body) { return close(.fault, &out) }
        guard let body = core.answer(request.body) else { return }
        pullCount += 1
        var ack = AscPullAck()
        ack.header = core.rules.header(.ascPullAck)
        ack.frame.pullType = request.frame.pullType
        ack.frame.id = request.frame.id
        ack.body = body
        send(ack.encoded(), now, &out)
        if core.has(.answersTwice) { send(ack.encoded(), now, &out) }
    }
}
