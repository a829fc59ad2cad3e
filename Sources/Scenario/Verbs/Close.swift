internal import Network
internal import Node

/// `close`: ends a link.
struct CloseVerb: NamedVerb {
    static let schema = Schema(
        name: "close",
        keys: [
            .via,
            Key("how", .choice(Way.allCases.map(\.rawValue)), "in order, at once by a reset, or only our direction"),
        ])
    static let key = Key("close", .shape(schema), "ends a link")
    var link: String
    var way: Way

    enum Way: String, CaseIterable, Sendable {
        /// An orderly close in both directions.
        case fin
        /// An immediate close.
        case reset
        /// A close of our side only. The node can still send, and its own close still arrives.
        case half
    }

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema), let link = loader.link(m["via"]) else { return nil }
        let word = loader.word(m["how"], "how", "way to close", among: Way.allCases.map(\.rawValue))
        let way = word.flatMap { Way(rawValue: $0) } ?? .fin
        if way == .half, let node = m["how"], loader.definition?.transport == .udp {
            loader.report(
                .badValue, "datagrams have no half close: `how: half` is for protocols over TCP", node.span)
        }
        return Self(link: link, way: way)
    }
    var text: String {
        switch way {
        case .fin: "close \(link)"
        case .reset: "close \(link) with a reset"
        case .half: "close our side of \(link)"
        }
    }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) {
        if way == .half { active.insert(link) } else { active.remove(link) }
    }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        // A link that has ended can be closed again.
        guard run.links[link] != nil || run.isCleaning else {
            throw EvaluationError(message: "link `\(link)` was not opened", span: step.span)
        }
        if let c = run.links[link], c.ending == nil || run.stillHears(c), c.failure == nil {
            if way == .half { return try closeOurSide(of: c, step, in: run) }
            // This is set first, because the ends would otherwise close the connection themselves.
            run.links[link]?.ending = (Link.ourEnd, run.driver.now, true)
            if c.channel != nil {
                if way == .reset || !c.isHalfClosed { try closeStream(c, step, in: run) }
            } else {
                if way == .fin, !c.isHalfClosed { run.closeEnds(of: link) }
                run.driver.close(c.id, reset: way == .reset)
                run.endStreams(of: c, Link.ourEnd, run.driver.now)
                run.currentBranch.entry = run.note(c, .sent, .closed(way == .reset ? "reset" : "closed"))
            }
        }
        if way != .half {
            for id in run.links.removeRenamed(link) { run.driver.close(id, reset: way == .reset) }
        }
        run.held(step)
    }
    /// Closes our side. The layers say goodbye as at any other end, and the link remains until the node ends it.
    private func closeOurSide(of c: Link, _ step: Step, in run: CaseRun) throws(EvaluationError) {
        if c.isHalfClosed { return run.held(step) }
        run.links[c.name]?.isHalfClosed = true
        if c.channel != nil {
            try closeStream(c, step, in: run)
        } else {
            run.closeEnds(of: c.name)
            run.driver.endSending(on: c.id)
            run.currentBranch.entry = run.note(c, .sent, .closed("half-closed"))
        }
        run.held(step)
    }
    /// Ends a channel of a layer from our side.
    private func closeStream(_ c: Link, _ step: Step, in run: CaseRun) throws(EvaluationError) {
        var isDone = false
        run.withEnds(of: run.connection(of: c).name) { ends, turn in
            isDone = ends.close((c.channel?.path ?? [])[...], isReset: way == .reset, run.driver.now, &turn)
        }
        guard isDone else {
            throw EvaluationError(
                message: "no layer that the harness runs can close link `\(c.name)`: send its messages",
                span: step.span)
        }
        let entry = run.note(c, .sent, .closed(way == .reset ? "reset" : "closed"))
        run.trace[entry].carrier = .layers
        run.currentBranch.entry = entry
    }
}
