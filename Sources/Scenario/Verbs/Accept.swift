internal import Network
internal import Node
internal import Wire

/// `accept`: an actor waits until the node dials it.
struct AcceptVerb: NamedVerb {
    static let schema = Schema(
        name: "accept",
        keys: [
            Key("at", .text, "a ref actor"), Key("from", .text, "the dut actor"),
            Key("stream", .text, "instead: a link, in whose layers the node opens a channel"),
            Key("as", .text, "name of the link", required: true), Key("within", .time, "how long to wait for it"),
            Key("proto", .text, "waits for the first channel of `stream` that carries this protocol"),
            Key("since", .text, "mark: connections before it are skipped, and times count from it"), .up,
        ],
        rules: [
            Constraint(
                .one(["at", "stream"]), .missingKey,
                "accept has either `at` and `from`, or `stream`: the link whose layers carry it"),
            Constraint(.needs("at", "from"), .missingKey, "`at` needs `from`: the dut actor"),
            Constraint(.needs("proto", "stream"), .unknownKey, "`proto` needs `stream`"),
        ] + ["from", "since", "up"].map { Constraint.notOfStream($0, needs: "at") })
    static let key = Key("accept", .shape(schema), "a ref actor waits until the node dials it")
    var actor: String
    var from: String
    var link: String
    var within: Template?
    /// The mark that times count from.
    var since: String?
    /// The highest layer that the harness runs.
    var up: String?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        if let of = m["stream"] { return StreamVerb(of, m, isOurs: false, by: &loader) }
        let actor = loader.actor(m["at"], subject: false)
        let from = loader.actor(m["from"], subject: true)
        let within = loader.time(m["within"], "within")
        let since = loader.since(m["since"])
        guard let link = loader.newLink(m["as"]), let actor, let from else { return nil }
        return Self(
            actor: actor, from: from, link: link, within: within, since: since,
            up: loader.layer(m["up"], "up", orTransport: true))
    }
    var text: String { "accept \(from) -> \(actor) as \(link)" }
    var newLink: String? { link }
    var listeningActor: String? { actor }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        if let problem = run.node.requestDial(to: actor) {
            throw EvaluationError(message: "the node could not be made to dial: \(problem)", span: step.span)
        }
        let limit = run.options.stretched(try within?.duration(run.scope) ?? .seconds(10))
        let start = try since.map { s throws(EvaluationError) in try run.scope.moment(s, step.span) }
        let deadline = (start ?? run.driver.now) + limit
        run.wait(until: deadline, judgedSince: start == .zero ? nil : start) { [unowned run] in
            proceed(step, in: run, since: start ?? .zero, until: deadline)
        }
    }
    private func proceed(_ step: Step, in run: CaseRun, since start: Instant, until deadline: Instant) -> Instant? {
        while let arrival = run.links.takeArrival(where: { $0.actor == actor }) {
            if arrival.at >= start { return take(arrival, step, in: run, until: deadline) }
            run.driver.close(arrival.id, reset: true)
        }
        if let (remote, at) = run.node.requestedDial(to: actor) {
            // If a connection has arrived, the node did dial, and the exit status of the command does not matter.
            let came = run.trace.contains { $0.ours == actor && $0.direction == .received && $0.isOpening }
            if !came, let problem = remote.dialProblem(at) {
                run.broken("the node could not be made to dial: \(problem)", step.span, step.source)
                return nil
            }
            if !came, run.driver.now < deadline { return min(deadline, run.driver.now + .milliseconds(50)) }
        }
        if run.driver.now < deadline { return deadline }
        let at = run.node.listeners[actor].map { "\($0.at)" } ?? actor
        run.failed(Problem("the node did not dial \(at)", step.span, label: "no connection"), step)
        return nil
    }
    /// Makes an incoming connection the link of the step.
    private func take(
        _ arrival: CaseLinks.Arrival, _ step: Step, in run: CaseRun, until deadline: Instant
    ) -> Instant? {
        run.putAside(link)
        var c = run.newLink(link, ours: actor, theirs: from, arrival.id, by: .them)
        c.isOpen = true
        // A simulated peer has no address of its own.
        let peer = arrival.ends?.peer ?? run.node.addresses[from] ?? Endpoint(high: 0, low: 0, port: 0)
        c.ends = run.ends(of: link, .them, by: actor, up: up, facing: peer, run.links.connections.last?.secrets)
        run.links[link] = c
        run.links.know(arrival.ends, of: c)
        run.currentBranch.entry = run.note(c, .received, .opened, at: arrival.at)
        run.beginEnds(of: link)
        run.takeEarly(arrival)
        // The early bytes may have exceeded the limit.
        guard run.currentBranch.wait != nil else { return nil }
        guard c.ends != nil else {
            run.held(step)
            return nil
        }
        run.wait(until: deadline) { [unowned run] in
            guard let c = run.links[link] else { return nil }
            if c.ends?.isUp == false { return run.raising(step, c, deadline) }
            run.held(step)
            return nil
        }
        return .zero
    }
}
