internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Returns the action of the first default that matches a record; nil if no default matches.
    func byDefault(
        _ r: Link.Record, queue: Queue = .own
    ) throws(EvaluationError) -> (Scenario.Default.Action, Span)? {
        for d in defaults where d.expectation.queue == queue {
            // The values of names change while the case runs.
            let bound: ResolvedExpectation
            if let fixed = d.bound {
                bound = fixed
            } else {
                bound = try ResolvedExpectation(d.expectation, scope, options.timeScale)
            }
            if case .match = try bound.judge(r, scope) { return (d.action, d.expectation.whatSpan) }
        }
        return nil
    }
    /// Returns the problem of a forbidden record that no step has taken.
    func leftover() throws(EvaluationError) -> Problem? {
        guard defaults.contains(where: { if case .forbid = $0.action { true } else { false } }) else { return nil }
        if defaults.contains(where: { $0.expectation.queue == .inner }) {
            for c in links.inOrder { fill(.inner, of: c.name) }
        }
        for c in links.inOrder {
            for (queue, received) in c.queues {
                for r in received.records[received.taken...] {
                    if let (action, span) = try byDefault(r, queue: queue), case .forbid = action {
                        return Self.forbidden(r, span)
                    }
                }
            }
        }
        return nil
    }
    static func forbidden(_ r: Link.Record, _ span: Span) -> Problem {
        Problem("forbidden \(r.name)", span, label: "came", wanted: "none at all", had: r.name, culprit: r.trace)
    }
    /// Sends the answer of a default: the same bytes if no other answer is given.
    func reply(_ part: SendVerb.Part?, _ r: Link.Record, _ name: String) throws(EvaluationError) {
        guard links[name]?.ending == nil, links[name]?.isHalfClosed == false else { return }
        var units = [SentUnit(content: .bytes(r.bytes, nil), bytes: r.bytes)]
        if let part {
            units = try encode(part)
        } else if let type = r.type {
            units = try spread(r.bytes, type, nil, .top)
        }
        keepSent(units, on: name)
        guard let c = links[name] else { return }
        for (i, u) in units.enumerated() {
            if c.isLayered {
                put(try lower(u, on: c, .top), over: name)
                continue
            }
            _ = tell(u, on: c)
            if c.outgoingLine.isClear {
                driver.send(u.bytes, on: c.id)
            } else {
                disturb(u, place: i + 1, of: units.count, name)
            }
        }
    }

    /// Adds what came on a link to the queue of the inner messages, which only some scenarios use.
    func fill(_ queue: Queue, of link: String) {
        guard queue == .inner, let rules = definition.reading.inner, let added = links[link]?.openCarriers(rules) else {
            return
        }
        links.budget.records -= added
    }
    /// The first record or event of a link, compared with an expectation.
    enum Head {
        case nothing
        /// The record matches; the entries are the values that it gives names to.
        case match([Value.Entry])
        /// The record does not match.
        case other(Link.Record, ResolvedExpectation.Judgement)
        case refused(Problem)
    }
    func head(_ b: ResolvedExpectation) throws(EvaluationError) -> Head {
        let e = b.expectation
        fill(e.queue, of: e.link)
        guard let c = links[e.link] else { return .nothing }
        if let r = c[e.queue].next {
            let judged = try b.judge(r, scope)
            guard case .match(let saved) = judged else { return .other(r, judged) }
            return mistimed(b, r.at, r.name, r.trace).map { .refused($0) } ?? .match(saved)
        }
        guard let ending = c.ending, !ending.isTaken else { return .nothing }
        guard case .closed = e.what else {
            let how = "connection \(ending.how)"
            return .refused(
                Problem(
                    "\(how) instead of \(e.wanted)", e.whatSpan, label: how, wanted: e.wanted, had: how,
                    culprit: lastReceived(on: e.link)))
        }
        return mistimed(b, ending.at, "closed").map { .refused($0) } ?? .match([])
    }
    /// Returns the index of the last trace entry that was received on a link.
    func lastReceived(on link: String) -> Int? {
        trace.lastIndex { $0.link == link && $0.direction == .received }
    }
    /// Takes the first record or event from a link.
    func take(_ e: Expectation, _ saved: [Value.Entry] = []) {
        let link = e.link
        guard let c = links[link] else { return }
        if let r = c[e.queue].next {
            currentBranch.entry = r.trace
            links[link]?[e.queue].taken += 1
        } else {
            currentBranch.entry = c.ended
            links[link]?.ending?.isTaken = true
        }
        for e in saved { scope.names[e.key] = Term(e.value) }
    }
    /// Handles a record that no expectation takes. Returns nil if the record was skipped, or the problem.
    func passOver(
        _ r: Link.Record, _ judged: ResolvedExpectation.Judgement, _ e: Expectation, anyOrder: Bool
    ) throws(EvaluationError) -> Problem? {
        if let (action, span) = try byDefault(r, queue: e.queue) {
            switch action {
            case .ignore: break
            case .forbid: return Self.forbidden(r, span)
            case .reply(let part): try reply(part, r, e.link)
            }
        } else if !anyOrder {
            if case .differs(var p) = judged {
                if case .message(_, let pattern) = e.what {
                    p.isFact = pattern?.expressions.allSatisfy(lateness.isFact) ?? true
                }
                return p
            }
            let why = r.problem.map { ": \($0)" } ?? ""
            // If an answer of the harness was late or lost, the node repeats a message that is already known.
            return Problem(
                "unexpected \(r.name) instead of \(e.wanted)\(why)", e.whatSpan, label: "got \(r.name)",
                wanted: e.wanted, had: r.name, culprit: r.trace, excuse: lateness.lossExcuse)
        }
        // A timeout reports why a record of the right kind was skipped.
        if case .differs(var p) = judged {
            p.reason = "the last one differs: \(p.reason)"
            p.excuse = lateness.lossExcuse
            currentBranch.lastMiss = p
        } else if case .message = e.what, let why = r.problem {
            // The bytes arrived, so lost datagrams cannot explain them and there is no excuse.
            currentBranch.lastMiss = Problem(
                "what came last is no message: \(why)", e.whatSpan, label: "what came is no message",
                wanted: e.wanted, had: "bytes that are no message: \(why)", culprit: r.trace)
        }
        take(e)
        currentBranch.entry = nil
        return nil
    }
    /// Returns the problem of a record or event that came before its window, or later than the deadline plus the slack.
    func mistimed(_ b: ResolvedExpectation, _ at: Instant, _ name: String, _ culprit: Int? = nil) -> Problem? {
        let after = "after \((at - b.start).rounded.text)"
        let reason: String
        let wanted: String
        var isEarly = false
        if let earliest = b.earliest, at < earliest || lateness.mayHaveCome(before: earliest, seen: at, b) {
            isEarly = true
            wanted = "not before \((earliest - b.start).text)"
            reason = "too early: \(after), \(wanted)"
        } else if at > b.deadline, at - b.deadline > options.slack {
            wanted = "within \((b.deadline - b.start).text)"
            reason = "too late: \(after), not \(wanted)"
        } else {
            return nil
        }
        var p = Problem(
            "\(name) \(reason)", b.expectation.whatSpan, label: after, wanted: wanted, had: after, culprit: culprit)
        p.isOfTime = true
        p.isPresence = isEarly
        return p
    }
    func timeout(_ b: ResolvedExpectation) -> Problem {
        let waited = (b.deadline - b.start).text
        if var p = currentBranch.lastMiss {
            p.reason = "no \(b.expectation.wanted) within \(waited); \(p.reason)"
            return p
        }
        var isClose = false
        if case .closed = b.expectation.what { isClose = true }
        let missed = (isClose ? "the connection was not closed" : "no \(b.expectation.wanted)") + " within \(waited)"
        var p = Problem(
            missed, b.expectation.whatSpan, label: isClose ? "still open after \(waited)" : "nothing came in \(waited)",
            wanted: b.expectation.wanted, had: "nothing", excuse: lateness.lossExcuse)
        var rest = ""
        if let text = links[b.expectation.link].flatMap({ $0.stream == nil ? $0.incoming.unfinishedText : nil }) {
            p.had = text
            rest = "; \(text) came"
            p.label = "no whole message in \(waited)"
            p.excuse = nil
        }
        if let parts = links[b.expectation.link]?.stream?.unfinished, !parts.isEmpty {
            p.had = parts.prefix(4).joined(separator: ", ")
            rest += " (of some messages parts are missing: \(p.had))"
        }
        // The cause is for the reader: two runs with the same failure have one fingerprint.
        p.kind = missed + rest
        p.reason = missed + (isClose ? cause(on: b.expectation.link, at: b.start) : "") + rest
        return p
    }
    /// Returns what this side did last on a link until a time: what the other side should have reacted to.
    private func cause(on link: String, at time: Instant) -> String {
        let mine = trace.last { $0.link == link && $0.direction == .sent && $0.at <= time - scope.start }
        return switch mine?.content {
        case .opened?: " after it was opened"
        case .closed(let how)?: " after it was \(how)"
        case .message?, .bytes?: " after \(mine?.name ?? "")"
        case nil: ""
        }
    }
}
