internal import Network
internal import Node
internal import Wire

/// `open`: an actor dials the node.
struct OpenVerb: NamedVerb {
    static let schema = Schema(
        name: "open",
        keys: [
            Key("from", .text, "a ref actor"), Key("to", .text, "the dut actor"),
            Key("stream", .text, "instead: a link, in whose layers a channel is opened"),
            Key("as", .text, "name of the link", required: true),
            Key("proto", .text, "protocol to agree on, if the transport has several"),
            Key("within", .time, "longest time that connecting may take"),
            Key("bare", .flag, "without the first messages that a new address must send"), .up,
            Key("target", .value, "path and query of the request (default: those of the node's address)"),
        ],
        rules: [
            Constraint(
                .one(["from", "stream"]), .missingKey,
                "open has either `from` and `to`, or `stream`: the link whose layers carry it"),
            Constraint(.needs("from", "to"), .missingKey, "`from` needs `to`: the dut actor"),
        ] + ["to", "bare", "up", "target"].map { Constraint.notOfStream($0, needs: "from") })
    static let key = Key("open", .shape(schema), "a ref actor dials the node")
    var from: String
    var to: String
    var link: String
    var within: Template?
    /// True to skip the messages that the protocol has a new address send first.
    var isBare: Bool
    /// The highest layer that the harness runs.
    var up: String?
    /// The resource to open; nil for the one in the node's address.
    var target: Template?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        if let of = m["stream"] { return StreamVerb(of, m, isOurs: true, by: &loader) }
        let from = loader.actor(m["from"], subject: false)
        let to = loader.actor(m["to"], subject: true)
        let within = loader.time(m["within"], "within")
        guard let link = loader.newLink(m["as"]), let from, let to else { return nil }
        let target = m["target"].flatMap { loader.layers($0, "target") == nil ? nil : loader.template($0) }
        return Self(
            from: from, to: to, link: link, within: within, isBare: loader.flag(m["bare"], "bare") ?? false,
            up: loader.layer(m["up"], "up", orTransport: true), target: target)
    }
    var text: String { "open \(from) -> \(to) as \(link)" }
    var newLink: String? { link }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let target = try target.map { t throws(EvaluationError) in try t.term(run.scope).text }
        guard let address = run.node.addresses[to] else {
            throw EvaluationError(message: "the node under test `\(to)` has no address", span: step.span)
        }
        let limit = try within?.duration(run.scope) ?? .seconds(10)
        let transport = run.definition.transport
        // Over UDP, an actor that listens has one address.
        let own = transport == .udp ? run.node.listeners[from].map { [$0.id] } ?? [] : []
        let id = run.driver.dial(address, transport, from: own, at: run.node.home(of: from, facing: address))
        if let open = run.links.all.first(where: { $0.id == id && $0.ending == nil })?.name {
            throw EvaluationError(
                message:
                    "`\(from)` has one address, from which link `\(open)` leads to `\(to)` already: close that first",
                span: step.span)
        }
        run.putAside(link)
        var c = run.newLink(link, ours: from, theirs: to, id)
        c.ends = run.ends(
            of: link, .us, by: from, up: up, facing: address, target: target, run.links.connections.last?.secrets)
        if !isBare { c.introduction = run.introduction(on: link, to: to) }
        run.links[link] = c
        let deadline = run.driver.now + run.options.stretched(limit)
        run.wait(until: deadline) { [unowned run] in proceed(step, in: run, until: deadline) }
        // The node sent first.
        if let early = run.links.takeArrival(where: { $0.id == id }) { run.takeEarly(early) }
    }
    private func proceed(_ step: Step, in run: CaseRun, until deadline: Instant) -> Instant? {
        guard let c = run.links[link] else { return nil }
        if c.isOpen {
            if let later = run.introduce(on: link) { return later }
            if let ends = c.ends, !ends.isUp { return run.raising(step, c, deadline) }
            run.currentBranch.entry = c.opened
            run.held(step)
        } else if let failure = c.failure {
            unreached(Problem(failure, step.span, label: "no connection"), step, in: run)
        } else if run.driver.now >= deadline {
            run.driver.close(c.id, reset: true)
            run.links[link]?.failure = "not connected in time"
            let address = run.node.addresses[c.theirs].map { "\($0)" } ?? "the node"
            unreached(Problem("no connection to \(address) in time", step.span, label: "no connection"), step, in: run)
        } else {
            return deadline
        }
        return nil
    }
    /// Handles an unreachable node. Such a node cannot be judged unless the step is about that: without an earlier
    /// connection in this case, it is unknown whether the node is there.
    private func unreached(_ p: Problem, _ step: Step, in run: CaseRun) {
        var p = p
        p.because = step.because
        if step.requirement == nil || run.trace.contains(where: \.isOpening) {
            return run.failed(p, step, unless: run.scenario.covers.isEmpty ? .error : nil)
        }
        if run.judge(step, .failed, step.otherwise ?? .error, p, step.requirement) { run.next() }
    }
}

extension Scenario {
    /// True if an actor dials the node under test.
    var dialsNode: Bool { steps.flattened.contains { $0.verb is OpenVerb } }
}
