import Node

/// The failure of a connection, judged when no later segment belongs to it.
extension Flow {
    /// The failure; nil if the capture does not show one. A connection that the capture shows only
    /// in part, or from its middle on, fails only by a reset.
    var failure: ConnectionFailure? {
        guard let analysis else { return nil }
        let life = analysis.life
        let end = life.end(isClosed: isClosed)
        guard let asked = life.asked else { return resetAfterData(life, end) }
        guard life.isAnswered else {
            if end == .resetByServer { return ConnectionFailure(.refused, end) }
            // The capture lacks the packets of the server.
            if life.isConfirmed { return nil }
            return ConnectionFailure(
                .noAnswer, end, due: end == .silent ? asked.moved(by: ConnectionFailure.patience) : nil)
        }
        if !life.isConfirmed, end == .silent {
            return ConnectionFailure(.halfOpen, end, due: analysis.last.moved(by: ConnectionFailure.patience))
        }
        if let name = state.conversation?.unfinishedHandshake {
            return ConnectionFailure(
                .unfinished, end, handshake: name,
                due: end == .silent ? analysis.last.moved(by: ConnectionFailure.handshakePatience) : nil)
        }
        if life.reset != nil, !analysis.hasPayload { return ConnectionFailure(.resetBeforeData, end) }
        return resetAfterData(life, end)
    }
    private func resetAfterData(_ life: ConnectionLife, _ end: ConnectionFailure.End) -> ConnectionFailure? {
        life.reset != nil && analysis?.hasPayload ?? false ? ConnectionFailure(.reset, end) : nil
    }
    /// Returns the counts of its segments, with the failure at this moment. `isOver` is true unless the capture ends.
    func summary(at now: Timestamp, isOver: Bool) -> TCPSummary? {
        guard var summary = analysis?.summary(ends) else { return nil }
        summary.failure = failure?.judged(at: now, isOver: isOver)
        return summary
    }
}
