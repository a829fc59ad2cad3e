import Node
import Wire

// Ascending bootstrap, as the server.
extension Session {
    /// Answers a request under its id. If more requests are received at one time than the queue holds, the others are
    /// dropped. A request that is never answered takes no place in the queue, as in nano-node (bootstrap_server.cpp
    /// `request`).
    mutating func answer(_ bytes: RawSpan, at now: Instant, in core: NodeCore, into out: inout [Action]) {
        guard waitingPulls < core.limits.pullQueue, let request = try? AscPullReq(copying: bytes) else { return }
        if core.closes(on: request.body) { return close(.fault, &out) }
        guard let body = core.answer(request.body) else { return }
        waitingPulls += 1
        let ack = AscPullAck(header: core.rules.header(.ascPullAck), frame: request.frame, body: body)
        send(ack.encoded(), now, &out)
    }
}
