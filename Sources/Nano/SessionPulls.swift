import Node
import Wire

// Ascending bootstrap, as the one who is asked.
extension Session {
    /// Answers a request under the id that it has. Of those that come in one piece so many find a place in the queue; what
    /// is beyond is lost.
    mutating func answer(_ bytes: RawSpan, _ now: Instant, _ core: NodeCore, _ out: inout [Action]) {
        waitingPulls += 1
        guard waitingPulls <= core.limits.pullQueue, let request = try? AscPullReq(copying: bytes),
            !core.has(.shortPullQueue) || pullCount < 10, let body = answer(request.body, core)
        else { return }
        pullCount += 1
        var ack = AscPullAck()
        ack.header = core.rules.header(.ascPullAck)
        ack.frame.pullType = request.frame.pullType
        ack.frame.id = request.frame.id
        ack.body = body
        send(ack.encoded(), now, &out)
    }
    /// As the ledger answers it, or as a node with a fault does.
    private func answer(_ request: AscPullReq.Body, _ core: NodeCore) -> AscPullAck.Body? {
        var request = request
        let ledger = core.ledger
        switch core.bug {
        case .refusesTrailing where request.unknown.own?.isEmpty == false: return nil
        case .hashIsNoTarget where request.accountInfo?.targetType == .block: request.accountInfo?.targetType = .account
        case .silentOnUnknownAccount:
            if let asked = request.accountInfo, asked.targetType == .account, ledger.accounts[asked.target] == nil {
                return nil
            }
        case .silentOnUnknownStart:
            if let start = request.blocks?.start, ledger.accounts[start] == nil, ledger.entries[start] == nil {
                return nil
            }
        case .ignoresBlockCount:
            if let count = request.blocks?.count, (1...128).contains(count) { request.blocks?.count = 128 }
        case .answersBadBlockCount:
            let count = request.blocks?.count ?? 1
            request.blocks?.count = min(max(count, 1), 128)
        case .answersBadFrontierCount:
            let count = request.frontiers?.count ?? 1
            request.frontiers?.count = min(max(count, 1), 1000)
        default: break
        }
        var answer = ledger.answer(request)
        switch core.bug {
        case .noHead: answer?.accountInfo?.head = Key32()
        case .startsBehindHash: if request.blocks?.startType == .block { answer?.blocks?.entries.removeFirstIfAny() }
        case .frontiersBehindStart: answer?.frontiers?.entries.removeFirstIfAny()
        default: break
        }
        return answer
    }
}

extension Array {
    fileprivate mutating func removeFirstIfAny() { if !isEmpty { removeFirst() } }
}
