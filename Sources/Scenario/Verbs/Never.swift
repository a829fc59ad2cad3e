internal import Network
internal import Node

/// `never`: a message or event that must not come.
struct NeverVerb: NamedVerb {
    static let schema = Schema(
        name: "never",
        keys: [
            Key("via", .text, "a link"), Key("at", .text, "a ref actor that listens, with `event: opened`"),
            Key("msg", .message(orAny: true), "message, or any"),
            Key("event", .choice(["closed", "opened"]), "instead of a message"),
            Key("fields", .pattern, "pattern"), Key("for", .time, "how long"),
            Key("since", .text, "mark that times count from"),
        ],
        rules: Expectation.rules + [
            Constraint(
                .one(["via", "at"]), .missingKey, "`never` has a link (`via`), or an actor (`at`) with `event: opened`"),
            Constraint(.needs("at", "event"), .missingKey, "`at` needs `event: opened`"),
            Constraint(.some(["for"]), .neverWindow, "`never` needs `for`", atKey: true),
        ])
    static let key = Key("never", .shape(schema), "a message or event that must not come")
    var expectation: Expectation

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        if step.value["at"] != nil { return NeverDialedVerb.load(step, by: &loader) }
        return loader.expectation(step.value, schema, step.span).map { Self(expectation: $0) }
    }
    var text: String {
        let e = expectation
        return "never on \(e.link)\(e.lasting.map { " for \($0.shown)" } ?? ""): \(e.wanted)"
    }
    var expectations: [Expectation] { [expectation] }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) {
        guard expectation.since == nil, !active.contains(expectation.link), step.source == nil else { return }
        loader.report(
            .noAnchor, "nothing happens on `\(expectation.link)` before this `never`", step.span,
            "it would hold whatever the node does", severity: .warning)
    }
    func leastTime(_ scope: inout Scope) -> Duration {
        expectation.since == nil ? (try? expectation.lasting?.duration(scope)) ?? .zero : .zero
    }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let bound = try ResolvedExpectation(expectation, run.scope, run.options.timeScale)
        run.fill(expectation.queue, of: expectation.link)
        let taken = run.links[expectation.link]?[expectation.queue].taken ?? 0
        var seen = 0
        run.wait(
            until: bound.deadline, endsByTime: true, judgedSince: min(bound.start, run.currentBranch.waitsSince)
        ) {
            [unowned run] () throws(EvaluationError) in try proceed(step, in: run, bound, taken: taken, seen: &seen)
        }
    }
    /// Judges the records of the link. `taken` counts the records that earlier steps took. `seen` counts the records
    /// that were already examined.
    private func proceed(
        _ step: Step, in run: CaseRun, _ b: ResolvedExpectation, taken: Int, seen: inout Int
    ) throws(EvaluationError) -> Instant? {
        let e = b.expectation
        run.fill(e.queue, of: e.link)
        guard let c = run.links[e.link] else { return nil }
        var found: (at: Instant, problem: Problem)?
        // A link that was closed before the step does not count as open.
        if case .closed = e.what, !c.isOurEnd, let ending = c.ending {
            let how = "connection \(ending.how)"
            let had = how + (ending.at < b.start ? " before" : " after \((ending.at - b.start).rounded.text)")
            let p = Problem(
                had, e.whatSpan, label: how, wanted: "an open connection for \((b.deadline - b.start).text)", had: had,
                culprit: run.lastReceived(on: e.link))
            found = (ending.at, p)
        }
        let records = c[e.queue].records
        var came: Link.Record?
        for i in min(seen, records.count)..<records.count where came == nil {
            let r = records[i]
            // A record that an earlier step took at the same instant came before this step.
            if r.at > b.start || r.at == b.start && i >= taken, try isForbidden(r, b, in: run) { came = r }
        }
        // If any message is forbidden, a part of a message is forbidden as well.
        if case .message(nil, _) = e.what, came == nil {
            came = c[.part].records.reversed().prefix { $0.at > b.start }.last {
                run.trace[$0.trace].isPart(of: run.definition)
            }
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
            run.failed(p, step)
            return nil
        }
        if run.driver.now < b.deadline {
            seen = records.count
            return b.deadline
        }
        var doubt =
            run.lateness.lost > 0
            ? Problem(run.lateness.lossText, e.whatSpan, label: "one of these may have been it") : nil
        // A record after the end of the window may have come only because the harness was late.
        if let late = run.lateness.late(since: judgedSince(in: run)), let p = found?.problem {
            doubt = p
            doubt?.reason = "harness late \(late.rounded.text): " + p.reason
        }
        guard let doubt else {
            run.held(step)
            return nil
        }
        run.settle(.inconc, doubt, step.requirement)
        run.recordOutcome(.failed, .inconc, doubt)
        run.end()
        return nil
    }
    /// Returns true if a record is forbidden. If any message is forbidden, bytes that are not a message are forbidden
    /// as well.
    private func isForbidden(
        _ r: Link.Record, _ b: ResolvedExpectation, in run: CaseRun
    ) throws(EvaluationError) -> Bool {
        if case .message(nil, _) = b.expectation.what { return true }
        if case .match = try b.judge(r, run.scope) { return true }
        return false
    }
}

/// `never` with `event: opened`: no connection to an actor may arrive.
struct NeverDialedVerb: Verb {
    var actor: String
    var lasting: Template
    /// The mark that times count from.
    var since: String?

    fileprivate static func load(_ step: WrittenStep, by loader: inout Loader) -> Self? {
        guard let m = loader.members(step.value, NeverVerb.schema, at: step.span), let event = m["event"] else {
            return nil
        }
        _ = loader.word(event, "event", among: ["opened"])
        let actor = loader.actor(m["at"], subject: false)
        let lasting = loader.time(m["for"], "for")
        let since = loader.since(m["since"])
        guard let actor, let lasting else { return nil }
        return Self(actor: actor, lasting: lasting, since: since)
    }
    var text: String { "never at \(actor) for \(lasting.shown): a connection" }
    var listeningActor: String? { actor }
    func leastTime(_ scope: inout Scope) -> Duration {
        since == nil ? (try? lasting.duration(scope)) ?? .zero : .zero
    }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let start = try since.map { s throws(EvaluationError) in try run.scope.moment(s, step.span) } ?? run.driver.now
        let deadline = start + (try lasting.duration(run.scope))
        run.wait(until: deadline, endsByTime: true, judgedSince: start) { [unowned run] in
            proceed(step, in: run, since: start, until: deadline)
        }
    }
    private func proceed(_ step: Step, in run: CaseRun, since start: Instant, until deadline: Instant) -> Instant? {
        let first = run.links.arrivals.first { $0.actor == actor && $0.at >= start }
        let came = first.map { a in
            let after = "after \((a.at - start).rounded.text)"
            return Problem(
                "the node dialed \(actor) \(after)", step.span, label: "dialed",
                wanted: "no connection for \((deadline - start).text)", had: "one \(after)")
        }
        if let first, let came, first.at <= deadline {
            run.failed(came, step)
        } else if run.driver.now < deadline {
            return deadline
        } else if let late = run.lateness.late(since: start), var p = came {
            // The connection may have arrived before the harness read it.
            p.reason = "harness late \(late.rounded.text): " + p.reason
            run.settle(.inconc, p, step.requirement)
            run.end()
        } else {
            run.held(step)
        }
        return nil
    }
}
