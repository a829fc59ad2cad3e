internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// What stands first on a link.
    enum Head {
        case nothing
        case record(Int)
        case ended(String, Instant)
    }
    func head(_ name: String) -> Head {
        guard let c = channels[name] else { return .nothing }
        if let i = c.records.firstIndex(where: { !$0.isTaken }) { return .record(i) }
        if let e = c.ending, !e.isTaken { return .ended(e.how, e.at) }
        return .nothing
    }
    /// What a default does with a record: nil when none takes it.
    func byDefault(_ r: Channel.Record) throws(EvaluationError) -> (isForbidden: Bool, Span)? {
        for d in ignored {
            if case .match = try d.bound.judge(r, scope) { return (d.isForbidden, d.bound.expectation.whatSpan) }
        }
        return nil
    }
    func save(_ entries: [Value.Entry]) { for e in entries { scope.names[e.key] = Term(e.value) } }

    /// The outcome of holding an expectation against the head of its link.
    enum Look {
        case waiting
        case held
        case not(Problem)
    }
    /// Holds one expectation against what has come, taking what matches and what defaults take.
    func look(_ b: Bound, taking: Bool) throws(EvaluationError) -> Look {
        let e = b.expectation
        while true {
            switch head(e.link) {
            case .nothing:
                // A link that we closed ourselves brings nothing any more.
                return .waiting
            case .ended(let how, let at):
                guard case .closed = e.what else {
                    var p = Problem("connection \(how) instead of \(e.wanted)", e.whatSpan, label: "connection \(how)")
                    p.wanted = e.wanted
                    p.had = "connection \(how)"
                    p.culprit = trace.lastIndex { $0.link == e.link && $0.direction == .received }
                    return .not(p)
                }
                if let p = early(b, at, "closed") { return .not(p) }
                if taking { channels[e.link]?.ending?.isTaken = true }
                return .held
            case .record(let i):
                guard let r = channels[e.link]?.records[i] else { return .waiting }
                let judged = try b.judge(r, scope)
                if case .match(let saved) = judged {
                    if let p = early(b, r.at, r.name, r.trace) { return .not(p) }
                    if taking {
                        channels[e.link]?.records[i].isTaken = true
                        save(saved)
                    }
                    return .held
                }
                if let (isForbidden, span) = try byDefault(r) {
                    if isForbidden {
                        return .not(Problem("forbidden \(r.name)", span, label: "came", culprit: r.trace))
                    }
                    nearMiss(judged)
                    channels[e.link]?.records[i].isTaken = true
                    continue
                }
                if e.anyOrder {
                    nearMiss(judged)
                    channels[e.link]?.records[i].isTaken = true
                    continue
                }
                if case .differs(let p) = judged { return .not(p) }
                var p = Problem(
                    "unexpected \(r.name) instead of \(e.wanted)", e.whatSpan, label: "got \(r.name)", culprit: r.trace)
                if let why = r.problem { p.reason += ": \(why)" }
                p.wanted = e.wanted
                p.had = r.name
                return .not(p)
            }
        }
    }
    /// Remembers why a record of the right kind was passed over, for the time-out to tell.
    func nearMiss(_ j: Bound.Judgement) { if case .differs(let p) = j { lastMiss = p } }

    func early(_ b: Bound, _ at: Instant, _ name: String, _ culprit: Int? = nil) -> Problem? {
        guard let earliest = b.earliest, at < earliest else { return nil }
        var p = Problem(
            "\(name) too early: after \((at - b.start).rounded.text), not before \((earliest - b.start).text)",
            b.expectation.whatSpan, label: "after \((at - b.start).rounded.text)", culprit: culprit)
        p.wanted = "not before \((earliest - b.start).text)"
        p.had = "after \((at - b.start).rounded.text)"
        return p
    }
    func timeout(_ b: Bound) -> Problem {
        let waited = (b.deadline - b.start).text
        if var p = lastMiss {
            p.reason = "no \(b.expectation.wanted) within \(waited); the last one differs: \(p.reason)"
            return p
        }
        var p = Problem(
            "no \(b.expectation.wanted) within \(waited)", b.expectation.whatSpan, label: "nothing came in \(waited)")
        if case .closed = b.expectation.what {
            p.reason = "the connection was not closed within \(waited)"
            p.label = "still open after \(waited)"
        }
        p.wanted = b.expectation.wanted
        p.had = "nothing"
        return p
    }

    // Steps that wait

    func expecting(_ step: Step, _ b: Bound) throws(EvaluationError) -> Instant? {
        switch try look(b, taking: true) {
        case .held:
            lastMiss = nil
            // Taken after its time only because we were late, or within the slack.
            if driver.now > b.deadline, driver.now - b.deadline > options.slack {
                settle(.inconc, Problem("harness late \((driver.now - b.deadline).text)", step.span), step.requirement)
                end()
            } else {
                held(step)
            }
            return nil
        case .not(let p):
            lastMiss = nil
            failed(p, step)
            return nil
        case .waiting:
            if driver.now < b.deadline { return b.deadline }
            let p = timeout(b)
            lastMiss = nil
            failed(p, step)
            return nil
        }
    }
    func never(_ step: Step, _ b: Bound) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        if let c = channels[e.link] {
            // A link that was closed before does not stay open either.
            if case .closed = e.what, let ending = c.ending, ending.how != "closed by us", ending.at <= b.deadline {
                let when = ending.at < b.start ? "before" : "after \((ending.at - b.start).rounded.text)"
                var p = Problem("connection \(ending.how) \(when)", e.whatSpan, label: "connection \(ending.how)")
                p.wanted = "an open connection for \((b.deadline - b.start).text)"
                p.had = "connection \(ending.how) \(when)"
                p.culprit = trace.lastIndex { $0.link == e.link && $0.direction == .received }
                failed(p, step)
                return nil
            }
            for r in c.records where r.at >= b.start && r.at <= b.deadline {
                guard case .match = try b.judge(r, scope) else { continue }
                var p = Problem("\(r.name) came, which must not", e.whatSpan, label: "came", culprit: r.trace)
                p.wanted = "none for \((b.deadline - b.start).text)"
                p.had = r.name
                failed(p, step)
                return nil
            }
        }
        if driver.now < b.deadline { return b.deadline }
        held(step)
        return nil
    }
    func alternatives(
        _ step: Step, _ branches: [(branch: Branch, bound: Bound?, deadline: Instant)]
    ) throws(EvaluationError) -> Instant? {
        var waiting: Instant = .never
        var refused: Problem?
        for (branch, bound, deadline) in branches {
            guard let bound else {
                if driver.now >= deadline { return take(branch, step, Problem("nothing came", branch.span)) }
                waiting = min(waiting, deadline)
                continue
            }
            switch try look(bound, taking: true) {
            case .held: return take(branch, step, nil)
            case .not(let p): refused = refused ?? p
            case .waiting: waiting = min(waiting, driver.now < deadline ? deadline : .never)
            }
        }
        if let refused {
            lastMiss = nil
            failed(refused, step)
            return nil
        }
        if waiting == .never {
            let last = branches.compactMap(\.bound).max { $0.deadline < $1.deadline }
            failed(last.map(timeout) ?? Problem("no branch matched", step.span), step)
            lastMiss = nil
            return nil
        }
        return waiting
    }
    /// Goes on with a branch of `alt`.
    func take(_ branch: Branch, _ step: Step, _ p: Problem?) -> Instant? {
        lastMiss = nil
        if let mark = step.mark { scope.names[mark] = .duration(driver.now - scope.start) }
        if let v = branch.verdict, v != .pass {
            var p = p ?? Problem(branch.because ?? "this branch was taken", branch.span)
            p.reason = branch.because ?? p.reason
            p.culprit = p.culprit ?? trace.lastIndex { $0.direction == .received }
            settle(v, p, branch.requirement ?? step.requirement)
            if v > .warn {
                end()
                return nil
            }
        }
        if branch.steps.isEmpty {
            next()
        } else {
            wait = .ready
            stack.append((branch.steps, 0))
        }
        return nil
    }
}

extension Duration {
    /// To whole milliseconds, for people.
    var rounded: Duration { .milliseconds((nanoseconds + 500_000) / 1_000_000) }
}
