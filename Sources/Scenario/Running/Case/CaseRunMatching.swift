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
    func head(_ name: String, _ parts: Bool) -> Head {
        guard let c = channels[name] else { return .nothing }
        if c.taken(parts) < c.queue(parts).count { return .record(c.taken(parts)) }
        if let e = c.ending, !e.isTaken { return .ended(e.how, e.at) }
        return .nothing
    }
    /// What a default does with a record: nil when none takes it.
    func byDefault(
        _ r: Channel.Record, isDatagram: Bool = false
    ) throws(EvaluationError) -> (Scenario.Default.Action, Span)? {
        for d in defaults where d.expectation.isOfDatagrams == isDatagram {
            // Names have other values as the case goes on.
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
    /// A record that must never come and that no step has taken.
    func leftover() throws(EvaluationError) -> Problem? {
        guard defaults.contains(where: { if case .forbid = $0.action { true } else { false } }) else { return nil }
        for c in channels.values.sorted(by: { $0.link < $1.link }) {
            for isDatagram in [false, true] {
                for r in c.queue(isDatagram)[c.taken(isDatagram)...] {
                    if let (action, span) = try byDefault(r, isDatagram: isDatagram), case .forbid = action {
                        return Self.forbidden(r, span)
                    }
                }
            }
        }
        return nil
    }
    static func forbidden(_ r: Channel.Record, _ span: Span) -> Problem {
        var p = Problem("forbidden \(r.name)", span, label: "came", culprit: r.trace)
        p.wanted = "none at all"
        p.had = r.name
        return p
    }
    /// The answer of a default: the same bytes where none is given.
    func reply(_ part: Send.Part?, _ r: Channel.Record, _ name: String) throws(EvaluationError) {
        guard channels[name]?.ending == nil else { return }
        let units: [SentUnit]
        if let part {
            units = try encode(part)
        } else if let type = r.type {
            units = try spread(r.bytes, type, nil, .top)
        } else {
            units = [SentUnit(content: .bytes(r.bytes, nil), bytes: r.bytes)]
        }
        keepSent(units, on: name)
        guard let c = channels[name] else { return }
        for (i, u) in units.enumerated() {
            _ = tell(u, on: c)
            if c.outgoingLine.isClear {
                driver.send(u.bytes, on: c.link)
            } else {
                disturb(u, place: i + 1, of: units.count, name)
            }
        }
    }

    /// What stands first on a link, held against an expectation.
    enum HeadOutcome {
        case nothing
        /// It matches. When it came, and what it gives names to.
        case match(Instant, [Value.Entry])
        /// It is a record that does not match.
        case other(Channel.Record, ResolvedExpectation.Judgement)
        case refused(Problem)
    }
    func examineHead(_ b: ResolvedExpectation) throws(EvaluationError) -> HeadOutcome {
        let e = b.expectation
        switch head(e.link, e.isOfDatagrams) {
        case .nothing: return .nothing
        case .ended(let how, let at):
            guard case .closed = e.what else {
                var p = Problem("connection \(how) instead of \(e.wanted)", e.whatSpan, label: "connection \(how)")
                p.wanted = e.wanted
                p.had = "connection \(how)"
                p.culprit = trace.lastIndex { $0.link == e.link && $0.direction == .received }
                return .refused(p)
            }
            if let p = early(b, at, "closed") ?? late(b, at, "closed") { return .refused(p) }
            return .match(at, [])
        case .record(let i):
            guard let r = channels[e.link]?.queue(e.isOfDatagrams)[i] else { return .nothing }
            let judged = try b.judge(r, scope)
            guard case .match(let saved) = judged else { return .other(r, judged) }
            if let p = early(b, r.at, r.name, r.trace) ?? late(b, r.at, r.name, r.trace) { return .refused(p) }
            return .match(r.at, saved)
        }
    }
    /// Takes the head of a link away.
    func take(_ e: Expectation, _ saved: [Value.Entry] = []) {
        let (link, parts) = (e.link, e.isOfDatagrams)
        guard let c = channels[link] else { return }
        if c.taken(parts) < c.queue(parts).count {
            currentBranch.entry = c.queue(parts)[c.taken(parts)].trace
            if parts { channels[link]?.takenParts += 1 } else { channels[link]?.taken += 1 }
        } else {
            currentBranch.entry = c.ended
            channels[link]?.ending?.isTaken = true
        }
        for e in saved { scope.names[e.key] = Term(e.value) }
    }
    /// What becomes of a record that no expectation takes: nil when it was passed over.
    func passOver(
        _ r: Channel.Record, _ judged: ResolvedExpectation.Judgement, _ e: Expectation, anyOrder: Bool
    ) throws(EvaluationError) -> Problem? {
        if let (action, span) = try byDefault(r, isDatagram: e.isOfDatagrams) {
            switch action {
            case .ignore: break
            case .forbid: return Self.forbidden(r, span)
            case .reply(let part): try reply(part, r, e.link)
            }
        } else if !anyOrder {
            if case .differs(let p) = judged { return p }
            var p = Problem(
                "unexpected \(r.name) instead of \(e.wanted)", e.whatSpan, label: "got \(r.name)", culprit: r.trace)
            if let why = r.problem { p.reason += ": \(why)" }
            p.wanted = e.wanted
            p.had = r.name
            // Where an answer of ours came late or not at all, the node says again what is known already.
            p.excuse = lossExcuse
            return p
        }
        nearMiss(judged)
        take(e)
        currentBranch.entry = nil
        return nil
    }
    /// Remembers why a record of the right kind was passed over, for the time-out to tell.
    func nearMiss(_ j: ResolvedExpectation.Judgement) { if case .differs(let p) = j { currentBranch.lastMiss = p } }

    func early(_ b: ResolvedExpectation, _ at: Instant, _ name: String, _ culprit: Int? = nil) -> Problem? {
        guard let earliest = b.earliest, at < earliest || mayHaveCome(before: earliest, at, b) else { return nil }
        var p = Problem(
            "\(name) too early: after \((at - b.start).rounded.text), not before \((earliest - b.start).text)",
            b.expectation.whatSpan, label: "after \((at - b.start).rounded.text)", culprit: culprit)
        p.wanted = "not before \((earliest - b.start).text)"
        p.had = "after \((at - b.start).rounded.text)"
        return p
    }
    /// What came behind the deadline by more than the harness may be late itself.
    func late(_ b: ResolvedExpectation, _ at: Instant, _ name: String, _ culprit: Int? = nil) -> Problem? {
        guard at > b.deadline, at - b.deadline > options.slack else { return nil }
        let after = (at - b.start).rounded.text
        var p = Problem(
            "\(name) too late: after \(after), not within \((b.deadline - b.start).text)", b.expectation.whatSpan,
            label: "after \(after)", culprit: culprit)
        p.wanted = "within \((b.deadline - b.start).text)"
        p.had = "after \(after)"
        return p
    }
    func timeout(_ b: ResolvedExpectation) -> Problem {
        let waited = (b.deadline - b.start).text
        if var p = currentBranch.lastMiss {
            p.reason = "no \(b.expectation.wanted) within \(waited); the last one differs: \(p.reason)"
            p.excuse = lossExcuse
            return p
        }
        var p = Problem(
            "no \(b.expectation.wanted) within \(waited)", b.expectation.whatSpan, label: "nothing came in \(waited)")
        if case .closed = b.expectation.what {
            p.reason = "the connection was not closed within \(waited)"
            p.label = "still open after \(waited)"
        }
        p.excuse = lossExcuse
        p.wanted = b.expectation.wanted
        p.had = "nothing"
        if let parts = channels[b.expectation.link]?.incoming.framing.unfinished, !parts.isEmpty {
            p.reason += " (of some messages parts are missing: \(parts.prefix(4).joined(separator: ", ")))"
            p.had = parts.prefix(4).joined(separator: ", ")
        }
        return p
    }

    // Steps that wait

    func expecting(_ step: Step, _ b: ResolvedExpectation, _ left: Int) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        var left = left
        while true {
            switch try examineHead(b) {
            case .match(_, let saved):
                take(e, saved)
                currentBranch.lastMiss = nil
                left -= 1
                if left > 0 { continue }
                held(step)
                return nil
            case .refused(let p):
                failed(p, step)
                return nil
            case .other(let r, let judged):
                guard let p = try passOver(r, judged, e, anyOrder: e.anyOrder) else { continue }
                failed(p, step)
                return nil
            case .nothing:
                currentBranch.wait = .expecting(b, left: left)
                if driver.now < b.deadline { return b.deadline }
                var p = timeout(b)
                if e.count > 1 { p.reason += " (\(e.count - left) of \(e.count) came)" }
                failed(p, step)
                return nil
            }
        }
    }
    func never(_ step: Step, _ b: ResolvedExpectation, _ seen: Int) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        guard let c = channels[e.link] else { return nil }
        // What came behind the end, but perhaps only because we slept.
        var doubtful: Problem?
        // A link that was closed before does not stay open either.
        if case .closed = e.what, !c.isOurEnd, let ending = c.ending {
            let after = (ending.at - b.start).rounded.text
            var p = Problem("connection \(ending.how) after \(after)", e.whatSpan, label: "connection \(ending.how)")
            if ending.at < b.start { p.reason = "connection \(ending.how) before" }
            p.wanted = "an open connection for \((b.deadline - b.start).text)"
            p.had = p.reason
            p.culprit = trace.lastIndex { $0.link == e.link && $0.direction == .received }
            if ending.at <= b.deadline {
                failed(p, step)
                return nil
            }
            doubtful = p
        }
        let records = c.queue(e.isOfDatagrams)
        var came: Channel.Record?
        for i in min(seen, records.count)..<records.count {
            let r = records[i]
            // What an earlier step took at this very moment came before it.
            guard r.at > b.start || r.at == b.start && i >= b.taken, try comes(r, b) else { continue }
            came = r
            break
        }
        // Any message: a part of one has come as well.
        if case .message(nil, _) = e.what, came == nil {
            came = c.parts.reversed().prefix { $0.at > b.start }.last { trace[$0.trace].isPart(of: definition) }
        }
        if let r = came {
            var p = Problem("\(r.name) came, which must not", e.whatSpan, label: "came", culprit: r.trace)
            p.wanted = "none for \((b.deadline - b.start).text)"
            p.had = r.name
            if r.at <= b.deadline {
                failed(p, step)
                return nil
            }
            doubtful = doubtful ?? p
        }
        if driver.now < b.deadline {
            currentBranch.wait = .never(b, seen: records.count)
            return b.deadline
        }
        if let late = lateness(since: judgedSince(step)), var p = doubtful {
            p.reason = "harness late \(late.rounded.text): " + p.reason
            settle(.inconc, p, step.requirement)
            told(.failed, .inconc, p)
            end()
            return nil
        }
        if lost > 0 {
            settle(.inconc, Problem(lossText, e.whatSpan, label: "one of these may have been it"), step.requirement)
            told(.failed, .inconc, problem)
            end()
            return nil
        }
        held(step)
        return nil
    }
    /// Whether a record is what must never come: for any message, bytes that are none as well.
    func comes(_ r: Channel.Record, _ b: ResolvedExpectation) throws(EvaluationError) -> Bool {
        if case .message(nil, _) = b.expectation.what { return true }
        if case .match = try b.judge(r, scope) { return true }
        return false
    }
    func startAlternatives(_ branches: [Branch]) throws(EvaluationError) {
        var all: [(branch: Branch, bound: ResolvedExpectation?, deadline: Instant)] = []
        for b in branches {
            switch b.trigger {
            case .expect(let e):
                let bound = try ResolvedExpectation(e, scope, options.timeScale)
                all.append((b, bound, bound.deadline))
            case .timeout(let t): all.append((b, nil, driver.now + (try t.duration(scope))))
            }
        }
        currentBranch.wait = .alt(all)
    }
    func alternatives(
        _ step: Step, _ branches: [(branch: Branch, bound: ResolvedExpectation?, deadline: Instant)]
    ) throws(EvaluationError) -> Instant? {
        var refused: Problem?
        var goesOn = true
        while goesOn, refused == nil {
            goesOn = false
            // All branches see the same heads before anything is passed over.
            var others: [(Channel.Record, ResolvedExpectation.Judgement, ResolvedExpectation)] = []
            for (branch, bound, _) in branches {
                guard let bound else { continue }
                switch try examineHead(bound) {
                case .nothing: break
                case .match(_, let saved):
                    take(bound.expectation, saved)
                    return take(branch, step, nil)
                case .refused(let p):
                    refused = refused ?? p
                case .other(let r, let judged):
                    if !others.contains(where: { $0.2.expectation.isBeside(bound.expectation) }) {
                        others.append((r, judged, bound))
                    }
                }
            }
            for (r, judged, bound) in others {
                let e = bound.expectation
                let anyOrder = branches.contains {
                    ($0.bound?.expectation.isBeside(e) ?? false) && $0.bound?.expectation.anyOrder == true
                }
                if let p = try passOver(r, judged, e, anyOrder: anyOrder) {
                    refused = refused ?? p
                } else {
                    goesOn = true
                }
            }
        }
        if let refused {
            failed(refused, step)
            return nil
        }
        for (branch, bound, deadline) in branches where bound == nil && driver.now >= deadline {
            return take(branch, step, Problem("nothing came", branch.span))
        }
        // A branch without an end of its own waits as long as the others do.
        let ends = branches.map(\.deadline).filter { $0 != .never }
        if let next = ends.filter({ driver.now < $0 }).min() { return next }
        let last = branches.compactMap(\.bound).filter { $0.deadline != .never }.max { $0.deadline < $1.deadline }
        failed(last.map(timeout) ?? Problem("no branch matched", step.span), step)
        return nil
    }
    /// Goes on with a branch of `alt`.
    func take(_ branch: Branch, _ step: Step, _ p: Problem?) -> Instant? {
        set(mark: step.mark)
        if let wanted = branch.verdict, wanted != .pass {
            var p = p ?? Problem(branch.because ?? "this branch was taken", branch.span)
            p.reason = branch.because ?? p.reason
            p.source = step.source
            p.culprit = p.culprit ?? trace.lastIndex { $0.direction == .received }
            let v = doubted(wanted, &p, since: judgedSince(step))
            settle(v, p, branch.requirement ?? step.requirement)
            told(.failed, v, p)
            if v > .warn {
                end()
                return nil
            }
        }
        enter(branch.steps)
        return nil
    }
}
