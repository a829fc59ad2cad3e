internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Returns the action of the first default that matches a record; nil if no default matches.
    func byDefault(
        _ r: Channel.Record, level: Int = 0
    ) throws(EvaluationError) -> (Scenario.Default.Action, Span)? {
        for d in defaults where d.expectation.level == level {
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
        for c in channels.values.sorted(by: { $0.link < $1.link }) {
            for (level, queue) in c.queues.enumerated() {
                for r in queue.records[queue.taken...] {
                    if let (action, span) = try byDefault(r, level: level), case .forbid = action {
                        return Self.forbidden(r, span)
                    }
                }
            }
        }
        return nil
    }
    static func forbidden(_ r: Channel.Record, _ span: Span) -> Problem {
        Problem("forbidden \(r.name)", span, label: "came", wanted: "none at all", had: r.name, culprit: r.trace)
    }
    /// Sends the answer of a default: the same bytes if no other answer is given.
    func reply(_ part: Send.Part?, _ r: Channel.Record, _ name: String) throws(EvaluationError) {
        guard channels[name]?.ending == nil, channels[name]?.isHalfClosed == false else { return }
        var units = [SentUnit(content: .bytes(r.bytes, nil), bytes: r.bytes)]
        if let part {
            units = try encode(part)
        } else if let type = r.type {
            units = try spread(r.bytes, type, nil, .top)
        }
        keepSent(units, on: name)
        guard let c = channels[name] else { return }
        for (i, u) in units.enumerated() {
            if c.isLayered {
                put(try lower(u, on: c, .top), over: name)
                continue
            }
            _ = tell(u, on: c)
            if c.outgoingLine.isClear {
                driver.send(u.bytes, on: c.link)
            } else {
                disturb(u, place: i + 1, of: units.count, name)
            }
        }
    }

    /// The first record or event of a link, compared with an expectation.
    enum Head {
        case nothing
        /// The record matches; the entries are the values that it gives names to.
        case match([Value.Entry])
        /// The record does not match.
        case other(Channel.Record, ResolvedExpectation.Judgement)
        case refused(Problem)
    }
    func head(_ b: ResolvedExpectation) throws(EvaluationError) -> Head {
        let e = b.expectation
        guard let c = channels[e.link] else { return .nothing }
        if let r = c[e.level].next {
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
        guard let c = channels[link] else { return }
        if let r = c[e.level].next {
            currentBranch.entry = r.trace
            channels[link]?[e.level].taken += 1
        } else {
            currentBranch.entry = c.ended
            channels[link]?.ending?.isTaken = true
        }
        for e in saved { scope.names[e.key] = Term(e.value) }
    }
    /// Handles a record that no expectation takes. Returns nil if the record was skipped, or the problem.
    func passOver(
        _ r: Channel.Record, _ judged: ResolvedExpectation.Judgement, _ e: Expectation, anyOrder: Bool
    ) throws(EvaluationError) -> Problem? {
        if let (action, span) = try byDefault(r, level: e.level) {
            switch action {
            case .ignore: break
            case .forbid: return Self.forbidden(r, span)
            case .reply(let part): try reply(part, r, e.link)
            }
        } else if !anyOrder {
            if case .differs(var p) = judged {
                if case .message(_, let pattern) = e.what {
                    p.isFact = !(pattern?.expressions.contains(where: isTimed) ?? false)
                }
                return p
            }
            let why = r.problem.map { ": \($0)" } ?? ""
            // If an answer of the harness was late or lost, the node repeats a message that is already known.
            return Problem(
                "unexpected \(r.name) instead of \(e.wanted)\(why)", e.whatSpan, label: "got \(r.name)",
                wanted: e.wanted, had: r.name, culprit: r.trace, excuse: lossExcuse)
        }
        // A timeout reports why a record of the right kind was skipped.
        if case .differs(var p) = judged {
            p.reason = "the last one differs: \(p.reason)"
            p.excuse = lossExcuse
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
        if let earliest = b.earliest, at < earliest || mayHaveCome(before: earliest, at, b) {
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
        var p = Problem(
            "no \(b.expectation.wanted) within \(waited)", b.expectation.whatSpan, label: "nothing came in \(waited)",
            wanted: b.expectation.wanted, had: "nothing", excuse: lossExcuse)
        if case .closed = b.expectation.what {
            p.reason = "the connection was not closed within \(waited)"
            p.label = "still open after \(waited)"
        }
        if let text = channels[b.expectation.link].flatMap({ $0.stream == nil ? $0.incoming.unfinishedText : nil }) {
            p.had = text
            p.reason += "; \(text) came"
            p.label = "no whole message in \(waited)"
            p.excuse = nil
        }
        if let parts = channels[b.expectation.link]?.stream?.unfinished, !parts.isEmpty {
            p.had = parts.prefix(4).joined(separator: ", ")
            p.reason += " (of some messages parts are missing: \(p.had))"
        }
        return p
    }

    // Steps that wait

    func expecting(_ step: Step, _ b: ResolvedExpectation, _ left: inout Int) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        while true {
            switch try head(b) {
            case .match(let saved):
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
                if driver.now < b.deadline { return b.deadline }
                var p = timeout(b)
                if e.count > 1 { p.reason += " (\(e.count - left) of \(e.count) came)" }
                failed(p, step)
                return nil
            }
        }
    }
    func startNever(_ step: Step, _ e: Expectation) throws(EvaluationError) {
        let bound = try ResolvedExpectation(e, scope, options.timeScale)
        let taken = channels[e.link]?[e.level].taken ?? 0
        var seen = 0
        wait(until: bound.deadline, endsByTime: true, judgedSince: min(bound.start, currentBranch.waitsSince)) {
            [unowned self] () throws(EvaluationError) in try never(step, bound, taken, &seen)
        }
    }
    /// Judges the records of a link for `never`. `taken` counts the records that earlier steps took. `seen` counts the
    /// records that were already examined.
    func never(
        _ step: Step, _ b: ResolvedExpectation, _ taken: Int, _ seen: inout Int
    ) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        guard let c = channels[e.link] else { return nil }
        var found: (at: Instant, problem: Problem)?
        // A link that was closed before the step does not count as open.
        if case .closed = e.what, !c.isOurEnd, let ending = c.ending {
            let how = "connection \(ending.how)"
            let had = how + (ending.at < b.start ? " before" : " after \((ending.at - b.start).rounded.text)")
            let p = Problem(
                had, e.whatSpan, label: how, wanted: "an open connection for \((b.deadline - b.start).text)", had: had,
                culprit: lastReceived(on: e.link))
            found = (ending.at, p)
        }
        let records = c[e.level].records
        var came: Channel.Record?
        for i in min(seen, records.count)..<records.count where came == nil {
            let r = records[i]
            // A record that an earlier step took at the same instant came before this step.
            if r.at > b.start || r.at == b.start && i >= taken, try comes(r, b) { came = r }
        }
        // If any message is forbidden, a part of a message is forbidden as well.
        if case .message(nil, _) = e.what, came == nil {
            came = c[1].records.reversed().prefix { $0.at > b.start }.last { trace[$0.trace].isPart(of: definition) }
        }
        if let r = came {
            let p = Problem(
                "\(r.name) came, which must not", e.whatSpan, label: "came",
                wanted: "none for \((b.deadline - b.start).text)", had: r.name, culprit: r.trace)
            found = (r.at, p)
        }
        if let found, found.at <= b.deadline {
            var p = found.problem
            p.isPresence = true
            failed(p, step)
            return nil
        }
        if driver.now < b.deadline {
            seen = records.count
            return b.deadline
        }
        var doubt = lost > 0 ? Problem(lossText, e.whatSpan, label: "one of these may have been it") : nil
        // A record after the end of the window may have come only because the harness was late.
        if let late = lateness(since: judgedSince(step)), let p = found?.problem {
            doubt = p
            doubt?.reason = "harness late \(late.rounded.text): " + p.reason
        }
        guard let doubt else {
            held(step)
            return nil
        }
        settle(.inconc, doubt, step.requirement)
        recordOutcome(.failed, .inconc, doubt)
        end()
        return nil
    }
    /// Returns true if a record is forbidden. If any message is forbidden, bytes that are not a message are forbidden
    /// as well.
    func comes(_ r: Channel.Record, _ b: ResolvedExpectation) throws(EvaluationError) -> Bool {
        if case .message(nil, _) = b.expectation.what { return true }
        if case .match = try b.judge(r, scope) { return true }
        return false
    }
    func startAlternatives(_ step: Step, _ branches: [Branch]) throws(EvaluationError) {
        var all: [(branch: Branch, bound: ResolvedExpectation?, deadline: Instant)] = []
        for b in branches {
            switch b.trigger {
            case .expect(let e):
                let bound = try ResolvedExpectation(e, scope, options.timeScale)
                all.append((b, bound, bound.deadline))
            case .timeout(let t): all.append((b, nil, driver.now + (try t.duration(scope))))
            }
        }
        let last = all.map(\.deadline).filter { $0 != .never }.max()
        wait(until: last ?? .never, judgedSince: all.compactMap(\.bound?.start).min()) {
            [unowned self] () throws(EvaluationError) in try alternatives(step, all)
        }
    }
    func alternatives(
        _ step: Step, _ branches: [(branch: Branch, bound: ResolvedExpectation?, deadline: Instant)]
    ) throws(EvaluationError) -> Instant? {
        var refused: Problem?
        var goesOn = true
        while goesOn, refused == nil {
            goesOn = false
            // All branches see the same first records before any record is skipped.
            var others: [(Channel.Record, ResolvedExpectation.Judgement, ResolvedExpectation)] = []
            for (branch, bound, _) in branches {
                guard let bound else { continue }
                switch try head(bound) {
                case .nothing: break
                case .match(let saved):
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
        // A branch without an own end waits until the last of the other branches ends.
        let ends = branches.map(\.deadline).filter { $0 != .never }
        if let next = ends.filter({ driver.now < $0 }).min() { return next }
        let last = branches.compactMap(\.bound).filter { $0.deadline != .never }.max { $0.deadline < $1.deadline }
        failed(last.map(timeout) ?? Problem("no branch matched", step.span), step)
        return nil
    }
    /// Enters a branch of `alt`.
    func take(_ branch: Branch, _ step: Step, _ p: Problem?) -> Instant? {
        set(mark: step.mark)
        if let wanted = branch.verdict, wanted != .pass {
            var p = p ?? Problem(branch.because ?? "this branch was taken", branch.span)
            p.reason = branch.because ?? p.reason
            p.culprit = p.culprit ?? trace.lastIndex { $0.direction == .received }
            guard judge(step, .failed, wanted, p, branch.requirement ?? step.requirement) else { return nil }
        }
        enter(branch.steps)
        return nil
    }
}
