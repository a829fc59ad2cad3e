internal import Network
internal import Node
internal import Wire

extension Scope {
    /// Creates the scope of a case. It has no names yet.
    init(of one: Case, _ definition: Definition, _ options: RunOptions, _ driver: Driver) {
        self.init()
        seed = options.valueSeed
        caseID = one.id
        var salt = Random(seed: options.seed, one.id, "salt")
        setting = ProtocolFunction.Setting(
            salt: salt.bytes(16), isNodeFresh: one.scenario.isFresh || options.subject.isNewForEachCase,
            secrets: options.keepsEvidence ? Secrets() : nil)
        start = driver.now
        now = driver.now
        beginning = driver.network.beginning
        algorithms = definition.playing.algorithms
        algorithm = definition.playing.algorithms.first
        functions = definition.playing.functions
        isField = { [messages = definition.messages] name in messages.contains { $0.describe().has(name) } }
        capabilities = options.capabilities(definition)
        secrets = one.scenario.secrets
    }
    /// Sets the names that the steps can read: constants, parameters, values of the vector, actors.
    mutating func define(
        _ one: Case, _ definition: Definition, _ options: RunOptions, _ drawn: [Value.Entry]
    ) throws(EvaluationError) {
        for e in definition.playing.constants(options.settings) + drawn { names[e.key] = Term(e.value) }
        for d in definition.playing.durations(options.settings) { names[d.name] = .duration(d.duration) }
        for name in one.scenario.linkNames { names[name] = .text(name) }
        for (name, links) in one.scenario.crowdLinks { names[name] = .list(links.map { .text($0) }) }
        for name in one.scenario.declaredNames where names[name] == nil { names[name] = .null }
        for p in one.scenario.parameters {
            guard let given = options.parameters[p.name] else {
                names[p.name] = p.preset
                continue
            }
            if let why = p.refusal(given) {
                throw EvaluationError(message: "parameter \(why)", span: p.span)
            }
            names[p.name] = p.type.term(given) ?? p.preset
        }
        for v in one.vector?.values ?? [] { names[v.key] = try v.value.term(self) }
        for a in one.scenario.actors {
            var members: [Term.Member] = []
            names[Scenario.Actor.ownNumberName] = a.number.map { .number(Int128($0)) }
            if let key = a.key, case .map(let pair) = try key.term(self) { members = pair }
            if let id = a.identity { members.append(Term.Member("id", try id.term(self).identity)) }
            members.append(Term.Member("name", .text(a.name)))
            if let kind = a.kind ?? definition.reference.kinds.first?.name {
                members.append(Term.Member("kind", .text(kind)))
            }
            names[a.name] = .map(members)
        }
    }
}

extension CaseRun {
    /// Lets expressions read what arrived on links.
    func setReaders() {
        scope.records = { [unowned self] name, message in
            came(on: name, message).map { type, bytes in type.dissect(bytes).fields(in: bytes.span.bytes) }
        }
        scope.wire = { [unowned self] name, message in came(on: name, message).map { $0.bytes } }
        scope.unread = { [unowned self] name in
            let all = links[name]?.queues.flatMap { $0.received.records }.filter { $0.type == nil } ?? []
            return all.sorted { $0.trace < $1.trace }.flatMap(\.bytes)
        }
        scope.identity = { [unowned self] name in links[name].map { connection(of: $0) }?.identity }
        scope.dataChannel = { [unowned self] name in links[name]?.dataChannel }
        scope.delay = { [unowned self] name in
            guard let asked = trace.first(where: { $0.link == name && $0.direction == .sent && $0.type != nil }) else {
                return nil
            }
            let answer = trace.first {
                $0.link == name && $0.direction == .received && $0.type != nil && $0.at >= asked.at
                    && scope.start + $0.at <= knownUntil
            }
            return answer.map { $0.at - asked.at }
        }
        scope.datagrams = { [unowned self] name, sent in
            guard definition.transport == .udp, let c = links[name] else { return nil }
            return (sent ? c.sent : c.datagrams).filter { $0.at <= knownUntil }.map { ($0.at - scope.start, $0.bytes) }
        }
    }
    /// Returns the messages of a name, or of `any`, that came on a link.
    private func came(on link: String, _ message: String) -> [(type: any Message.Type, bytes: [UInt8])] {
        let queue = definition.queue(of: message)
        fill(queue, of: link)
        return (links[link]?[queue].records ?? []).compactMap { r in
            guard r.at <= knownUntil, let type = r.type, message == "any" || type.name.description == message else {
                return nil
            }
            return (type, r.bytes)
        }
    }
    /// Returns the value of a condition.
    func truth(_ e: Expression, _ what: String) throws(EvaluationError) -> Bool {
        let t = try Evaluator.evaluate(e, in: scope)
        guard case .bool(let b) = t else {
            throw EvaluationError(message: "`\(what)` needs true or false, this is \(t.kind)", span: e.span(0))
        }
        return b
    }
    /// Returns a whole number in a range. `what` begins the error message about any other value.
    func number(
        _ t: Template, _ what: String, _ range: ClosedRange<Int>, _ span: Span
    ) throws(EvaluationError) -> Int {
        let term = try t.term(scope)
        if let n = term.wholeNumber, range.contains(n) { return n }
        let (low, high) = (range.lowerBound, range.upperBound)
        throw EvaluationError(message: "\(what) from \(low) to \(high), this is \(term.text)", span: span)
    }
}
