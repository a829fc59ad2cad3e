internal import Network
internal import Node
internal import Wire

extension CaseRun {
    func newChannel(_ name: String, ours: String, theirs: String, _ link: LinkID) -> Channel {
        connections.append(CaseConnection(link: name, ours: ours, theirs: theirs))
        var c = Channel(
            name: name, ours: ours, theirs: theirs, link: link, connection: connections.count - 1,
            splitter: newSplitter(),
            random: Random(seed: options.seed, self.case.id, "faults of \(name)"))
        for f in faults { apply(f, to: &c) }
        return c
    }

    func newSplitter() -> Splitter {
        Splitter(definition.framing(options.settings), isDatagrams: definition.transport == .udp)
    }

    // Connecting

    func open(_ step: Step, _ from: String, _ to: String, _ name: String, _ within: TimeTemplate?)
        throws(EvaluationError)
    {
        guard let address = addresses[to] else {
            throw EvaluationError(message: "the node under test `\(to)` has no address", span: step.span)
        }
        let limit = try within?.duration(scope) ?? .seconds(10)
        putAside(name)
        channels[name] = newChannel(name, ours: from, theirs: to, driver.dial(address, definition.transport))
        lane.wait = .opening(name, driver.now + options.stretched(limit))
    }
    /// A link stays open when its name is given to another one, until the case is over.
    func putAside(_ name: String) {
        if let old = channels[name], old.ending == nil, old.failure == nil { strays.append((name, old.link)) }
    }
    func opening(_ step: Step, _ name: String, _ deadline: Instant) -> Instant? {
        guard let c = channels[name] else { return nil }
        if c.isOpen {
            lane.entry = c.opened
            held(step)
        } else if let failure = c.failure {
            // A node that cannot be reached cannot be judged, unless that is what the step is about.
            failed(Problem(failure, step.span, label: "no connection"), step, unless: .error)
        } else if driver.now >= deadline {
            driver.close(c.link, reset: true)
            channels[name]?.failure = "not connected in time"
            let address = addresses[c.theirs].map { "\($0)" } ?? "the node"
            failed(
                Problem("no connection to \(address) in time", step.span, label: "no connection"), step, unless: .error)
        } else {
            return deadline
        }
        return nil
    }
    func accept(
        _ step: Step, _ at: String, _ from: String, _ name: String, _ within: TimeTemplate?, _ since: String?
    ) throws(EvaluationError) {
        if case .remote(let r) = options.subject, let dial = r.dial, let l = listeners[at], scenario.isTold(at),
            told.insert(at).inserted, let problem = dial(l.at)
        {
            throw EvaluationError(message: "the node could not be made to dial: \(problem)", span: step.span)
        }
        let limit = options.stretched(try within?.duration(scope) ?? .seconds(10))
        if let since {
            let start = try marked(since, step.span)
            lane.wait = .accepting(at, from, name, start, start + limit)
        } else {
            lane.wait = .accepting(at, from, name, .zero, driver.now + limit)
        }
    }
    /// The moment of a mark.
    func marked(_ name: String, _ span: Span) throws(EvaluationError) -> Instant {
        guard case .duration(let d) = scope.names[name] else {
            throw EvaluationError(message: "nothing has set the mark `\(name)`", span: span)
        }
        return scope.start + d
    }
    func accepting(
        _ step: Step, _ actor: String, _ theirs: String, _ name: String, _ start: Instant, _ deadline: Instant
    ) -> Instant? {
        while let i = arrivals.firstIndex(where: { $0.actor == actor }) {
            let a = arrivals.remove(at: i)
            guard a.at >= start else {
                driver.close(a.link, reset: true)
                continue
            }
            putAside(name)
            var c = newChannel(name, ours: actor, theirs: theirs, a.link)
            c.isOpen = true
            channels[name] = c
            know(a.ends, of: c)
            lane.entry = note(c, .received, .opened, at: a.at)
            for early in a.early {
                // Counted when it came.
                if case .received(_, let bytes) = early.what { room.bytes += bytes.count }
                take(early.what, early.at)
            }
            // Too much may have come already.
            if case .accepting = lane.wait { held(step) }
            return nil
        }
        if driver.now < deadline { return deadline }
        let at = listeners[actor].map { "\($0.at)" } ?? actor
        failed(Problem("the node did not dial \(at)", step.span, label: "nobody came"), step)
        return nil
    }
    func undialed(_ step: Step, _ actor: String, _ start: Instant, _ deadline: Instant) -> Instant? {
        let first = arrivals.first { $0.actor == actor && $0.at >= start }
        let came = first.map { a in
            var p = Problem("the node dialed \(actor) after \((a.at - start).rounded.text)", step.span, label: "dialed")
            p.wanted = "no connection for \((deadline - start).text)"
            p.had = "one after \((a.at - start).rounded.text)"
            return p
        }
        if let first, let came, first.at <= deadline {
            failed(came, step, since: true)
        } else if driver.now < deadline {
            return deadline
        } else if let late = lateness(since: true), var p = came {
            // It may have come before we looked.
            p.reason = "harness late \(late.text): " + p.reason
            settle(.inconc, p, step.requirement)
            end()
        } else {
            held(step)
        }
        return nil
    }
    func close(_ step: Step, _ name: String, _ reset: Bool) {
        if let c = channels[name], c.ending == nil, c.failure == nil {
            driver.close(c.link, reset: reset)
            lane.entry = note(c, .sent, .closed(reset ? "reset" : "closed"))
            channels[name]?.ending = (Channel.ourEnd, driver.now, true)
        }
        for old in strays where old.name == name { driver.close(old.link, reset: reset) }
        strays.removeAll { $0.name == name }
        held(step)
    }

    // Sending

    /// What a part of `send` comes to, one entry for each unit.
    func encode(_ part: Send.Part) throws(EvaluationError) -> [(TraceEntry.Content, [UInt8], String?)] {
        switch part {
        case .raw(let t, let span):
            let terms: [Term]
            if case .list(let items) = try t.rawTerm(scope) {
                terms = items
            } else {
                terms = [try t.rawTerm(scope)]
            }
            var out: [(TraceEntry.Content, [UInt8], String?)] = []
            for term in terms {
                guard case .bytes(let b) = term.carried else {
                    throw EvaluationError(message: "`raw` wants bytes, this is \(term.kind)", span: span)
                }
                out.append((.bytes(b, nil), b, nil))
            }
            return out
        case .message(let name, let fields, let span):
            guard let type = definition.message(name) else {
                throw EvaluationError(message: "no message \(name)", span: span)
            }
            let tree = Self.merged(
                Self.defaults(of: type, definition.defaults(options.settings)), try fields.value(scope))
            let (encoded, errors) = type.encode(tree)
            if let first = errors.first {
                throw EvaluationError(message: "\(name) cannot be built: \(first)", span: span)
            }
            return [(.message(type, encoded), encoded, name)]
        }
    }
    func begin(_ send: Send, _ step: Step) throws(EvaluationError) {
        var units: [(TraceEntry.Content, [UInt8], String?)] = []
        for part in send.parts { units += try encode(part) }
        guard let c = channels[send.link] else { return }
        if let ending = c.ending {
            // What could not be sent proves nothing about the answer to it.
            var p = Problem("connection \(ending.how) before this could be sent", step.span, label: "not sent")
            p.culprit = trace.lastIndex { $0.link == send.link && $0.direction == .received }
            return failed(p, step, unless: .inconc)
        }
        for u in units {
            let i = note(c, .sent, u.0)
            trace[i].step = lane.step?.number
            lane.entry = lane.entry ?? i
            if case .message(let type, let bytes) = u.0 {
                channels[send.link]?.incoming.framing.heard(type, bytes.span.bytes)
            }
        }
        guard c.outgoingLine.isClear else {
            for (i, u) in units.enumerated() { disturb(u.1, u.2, place: i + 1, of: units.count, send.link) }
            return held(step)
        }
        let every = try send.every?.duration(scope) ?? .zero
        var bytes = units.flatMap(\.1)
        if options.chop == .coalesced, send.chop == nil, definition.transport == .tcp {
            bytes = c.coalesced + bytes
            let isHeldBack = sendsNext(on: send.link)
            channels[send.link]?.coalesced = isHeldBack ? bytes : []
            if isHeldBack { return held(step) }
        }
        var pieces: [[UInt8]] = [bytes]
        if definition.transport == .udp {
            pieces = units.map(\.1)
        } else if let n = send.chop ?? options.chop?.sizes(units.map(\.1.count)).first {
            let sizes = send.chop.map { [$0] } ?? options.chop?.sizes(units.map(\.1.count)) ?? [n]
            pieces = Self.cut(bytes, sizes)
        }
        lane.wait = .sending(pieces.reversed(), send.link, every: every, next: driver.now)
    }
    /// Whether the step after this one sends on the same link, whatever happens.
    func sendsNext(on link: String) -> Bool {
        guard let top = lane.stack.last, top.index + 1 < top.steps.count else { return false }
        let after = top.steps[top.index + 1]
        if case .send(let s) = after.verb, s.link == link, s.chop == nil, after.condition == nil { return true }
        return false
    }
    static func cut(_ bytes: [UInt8], _ sizes: [Int]) -> [[UInt8]] {
        var out: [[UInt8]] = []
        var at = 0
        while at < bytes.count {
            let n = max(1, sizes[min(out.count, sizes.count - 1)])
            out.append(Array(bytes[at..<min(bytes.count, at + n)]))
            at += n
        }
        return out
    }
    /// Those defaults of the protocol that the message has fields for.
    static func defaults(of type: any Message.Type, _ all: Value) -> Value {
        guard case .map(let entries) = all else { return all }
        let names = type.describe().map(\.name)
        return .map(entries.filter { names.contains($0.key) })
    }
    /// The fields given, before the defaults of the protocol.
    static func merged(_ defaults: Value, _ fields: Value) -> Value {
        guard case .map(let low) = defaults, case .map(let high) = fields else { return fields }
        return .map(high + low.filter { d in !high.contains { $0.key == d.key } })
    }
    func sending(_ step: Step, _ pieces: [[UInt8]], _ name: String, _ every: Duration, _ next: Instant) -> Instant? {
        var left = pieces
        var next = next
        while let piece = left.last {
            if driver.now < next {
                lane.wait = .sending(left, name, every: every, next: next)
                return next
            }
            // A link that the other side closed swallows what is sent: what should come then decides.
            if let c = channels[name], c.ending == nil, c.failure == nil { driver.send(piece, on: c.link) }
            left.removeLast()
            next = driver.now + every
        }
        held(step)
        return nil
    }
}
