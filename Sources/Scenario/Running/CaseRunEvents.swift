internal import Network
internal import Node
internal import Wire

extension CaseRun {
    func note(
        _ channel: Channel, _ direction: Direction, _ content: TraceEntry.Content, at: Instant? = nil
    ) -> Int {
        trace.append(
            TraceEntry(
                at: (at ?? driver.now) - scope.start, link: channel.name, ours: channel.ours, theirs: channel.theirs,
                direction: direction, content: content))
        return trace.count - 1
    }
    func channel(_ link: LinkID) -> String? { channels.first { $0.value.link == link }?.key }

    /// Something happened on one of this case's links, now.
    func handle(_ h: Happening) {
        let now = driver.now
        if !keepEarly(h, now) { take(h, now) }
    }
    func take(_ h: Happening, _ at: Instant) {
        switch h {
        case .opened(let link, _, let listener):
            if let listener, let actor = listeners.first(where: { $0.value.id == listener })?.key {
                if arrivals.count >= Room.arrivals { return driver.close(link, reset: true) }
                arrivals.append(Arrival(actor: actor, link: link, at: at))
            } else if let name = channel(link) {
                channels[name]?.isOpen = true
                if let c = channels[name] { _ = note(c, .sent, .opened) }
            }
        case .failed(let link, let error):
            guard let name = channel(link) else { return }
            channels[name]?.failure = "\(error)"
            // One that stood has broken on our side: nothing can be said about the node.
            if channels[name]?.isOpen == true { giveUp("link `\(name)`: \(error)") }
        case .received(let link, let bytes): if let name = channel(link) { received(bytes, name, at) }
        case .ended(let link, let ending):
            guard let name = channel(link), let c = channels[name] else { return }
            let how = ending == .closed ? "closed" : "reset"
            let partial = c.buffer.isEmpty || c.isBroken ? "" : " in the middle of a message"
            _ = note(c, .received, .closed(how + partial), at: at)
            channels[name]?.ending = (how + partial, at, false)
        case .reported: break
        }
    }
    /// What comes over a connection that no step has taken yet waits with it.
    func keepEarly(_ h: Happening, _ now: Instant) -> Bool {
        let link: LinkID
        switch h {
        case .received(let id, let bytes):
            link = id
            room.bytes -= arrivals.contains { $0.link == id } ? bytes.count : 0
        case .ended(let id, _): link = id
        case .opened, .failed, .reported: return false
        }
        guard let i = arrivals.firstIndex(where: { $0.link == link }) else { return false }
        if room.isUsedUp { giveUp(Self.flood) } else { arrivals[i].early.append((h, now)) }
        return true
    }
    func received(_ bytes: [UInt8], _ name: String, _ at: Instant) {
        guard !room.isUsedUp, var c = channels.removeValue(forKey: name) else { return }
        let wasBroken = c.isBroken
        room.bytes -= bytes.count
        for var r in c.receive(bytes, at: at) {
            r.trace = note(c, .received, r.type.map { .message($0, r.bytes) } ?? .bytes(r.bytes, r.problem), at: at)
            c.records.append(r)
            room.records -= 1
        }
        if wasBroken { _ = note(c, .received, .bytes(bytes, nil), at: at) }
        channels[name] = c
        if room.isUsedUp { giveUp(Self.flood) }
    }
    static var flood: String { "the node sends without end: more than 64 MiB or 100,000 messages in one case" }
    /// Ends the case without a word about the node.
    func giveUp(_ reason: String) {
        settle(.inconc, Problem(reason, currentStep?.span ?? .top))
        end()
    }
    var currentStep: Step? { stack.last.flatMap { $0.index < $0.steps.count ? $0.steps[$0.index] : nil } }

    // Advancing

    /// Does all that can be done now; returns when it wants to be called again at the latest.
    func advance() -> Instant {
        // A case whose steps never wait ends after as many rounds as it has steps.
        while true {
            scope.now = driver.now
            do throws(EvaluationError) {
                guard let step = currentStep else {
                    try conclude()
                    if isFinished { return .zero }
                    continue
                }
                if let until = try advance(step) { return until }
            } catch {
                broken(error.message, error.span)
            }
        }
    }
    /// One step: nil when it is over, else until when it waits.
    func advance(_ step: Step) throws(EvaluationError) -> Instant? {
        if case .ready = wait {
            if let condition = step.condition {
                let t = try Evaluator.evaluate(condition, in: scope)
                guard case .bool(let b) = t else {
                    throw EvaluationError(
                        message: "`if` wants a truth value, this is \(t.kind)", span: condition.span(0))
                }
                if !b {
                    next()
                    return nil
                }
            }
            stalledBefore = stalled
            try start(step)
            return nil
        }
        switch wait {
        case .ready: return nil
        case .opening(let name, let deadline): return opening(step, name, deadline)
        case .accepting(let actor, let theirs, let name, let deadline):
            return accepting(step, actor, theirs, name, deadline)
        case .sending(let pieces, let name, let every, let next): return sending(step, pieces, name, every, next)
        case .expecting(let bound): return try expecting(step, bound)
        case .never(let bound, let seen): return try never(step, bound, seen)
        case .alt(let branches): return try alternatives(step, branches)
        case .until(let instant):
            if driver.now < instant { return instant }
            held(step)
            return nil
        }
    }
    /// A link that was never opened, or that the scenario itself has closed, says nothing about the node.
    func checkLinks(of step: Step) throws(EvaluationError) {
        let links: [String]
        switch step.verb {
        case .send(let s): links = [s.link]
        case .expect(let e), .never(let e): links = [e.link]
        case .alt(let branches):
            links = branches.compactMap { if case .expect(let e) = $0.trigger { e.link } else { nil } }
        case .close(let name, _):
            if channels[name] != nil || isCleaning { return }
            links = [name]
        case .open, .accept, .assign, .assert, .wait: return
        }
        for name in links {
            guard let c = channels[name] else {
                throw EvaluationError(message: "link `\(name)` was not opened", span: step.span)
            }
            if c.isOurEnd {
                throw EvaluationError(message: "the scenario itself has closed link `\(name)`", span: step.span)
            }
        }
    }
    func start(_ step: Step) throws(EvaluationError) {
        let now = driver.now
        try checkLinks(of: step)
        switch step.verb {
        case .open(let from, let to, let name, let within):
            guard let address = nodeAddress else { return broken("the node under test has no address", step.span) }
            let limit = try within?.duration(scope) ?? .seconds(10)
            let link = driver.dial(address)
            channels[name] = Channel(
                name: name, ours: from, theirs: to, link: link, framing: definition.framing(options.settings))
            wait = .opening(name, now + limit)
        case .accept(let at, let from, let name, let within):
            if case .remote(let r) = options.subject, let dial = r.dial, let l = listeners[at], arrivals.isEmpty,
                let problem = dial(l.at)
            {
                return broken("the node could not be made to dial: \(problem)", step.span)
            }
            wait = .accepting(at, from, name, now + (try within?.duration(scope) ?? .seconds(10)))
        case .send(let send): try begin(send, step)
        case .expect(let e): wait = .expecting(try Bound(e, scope))
        case .never(let e): wait = .never(try Bound(e, scope), seen: 0)
        case .alt(let branches):
            var all: [(branch: Branch, bound: Bound?, deadline: Instant)] = []
            for b in branches {
                switch b.trigger {
                case .expect(let e):
                    let bound = try Bound(e, scope)
                    all.append((b, bound, bound.deadline))
                case .timeout(let t): all.append((b, nil, now + (try t.duration(scope))))
                }
            }
            wait = .alt(all)
        case .close(let name, let reset):
            if let c = channels[name], c.ending == nil {
                driver.close(c.link, reset: reset)
                _ = note(c, .sent, .closed(reset ? "reset" : "closed"))
                channels[name]?.ending = (Channel.ourEnd, now, true)
            }
            held(step)
        case .assign(let members):
            for m in members { scope.names[m.key] = try m.value.term(scope) }
            held(step)
        case .assert(let e):
            let t = try Evaluator.evaluate(e, in: scope)
            guard case .bool(let b) = t else {
                throw EvaluationError(message: "`assert` wants a truth value, this is \(t.kind)", span: e.whole)
            }
            if b { return held(step) }
            var p = Problem("not true: \(e.text)", e.whole, label: "false")
            p.wanted = e.text
            p.had = values(of: e)
            failed(p, step)
        case .wait(let t): wait = .until(now + (try t.duration(scope)))
        }
    }
    /// The values of the names in an expression, for people.
    func values(of e: Expression) -> String {
        var seen: [String] = []
        for (name, _) in e.uses().names where !seen.contains(name) { seen.append(name) }
        return seen.map { "\($0) = \(scope.names[$0]?.text ?? "null")" }.joined(separator: ", ")
    }

    // Sending

    func begin(_ send: Send, _ step: Step) throws(EvaluationError) {
        var bytes: [UInt8] = []
        var contents: [TraceEntry.Content] = []
        for part in send.parts {
            switch part {
            case .raw(let t, let span):
                guard case .bytes(let b)? = try Self.bytes(t, scope) else {
                    throw EvaluationError(message: "`raw` wants bytes", span: span)
                }
                contents.append(.bytes(b, nil))
                bytes += b
            case .message(let name, let fields, let span):
                guard let type = definition.message(name) else {
                    throw EvaluationError(message: "no message \(name)", span: span)
                }
                let tree = Self.merged(definition.defaults(options.settings), try fields.value(scope))
                let (encoded, errors) = type.encode(tree)
                if let first = errors.first {
                    throw EvaluationError(message: "\(name) cannot be built: \(first)", span: span)
                }
                contents.append(.message(type, encoded))
                bytes += encoded
            }
        }
        guard let c = channels[send.link] else { return }
        if let ending = c.ending {
            // What could not be sent proves nothing about the answer to it.
            var p = Problem("connection \(ending.how) before this could be sent", step.span, label: "not sent")
            p.culprit = trace.lastIndex { $0.link == send.link && $0.direction == .received }
            return failed(p, step, unless: .inconc)
        }
        for content in contents { _ = note(c, .sent, content) }
        let every = try send.every?.duration(scope) ?? .zero
        var pieces: [[UInt8]] = [bytes]
        if let n = send.chop {
            pieces = stride(from: 0, to: bytes.count, by: n).map { Array(bytes[$0..<min(bytes.count, $0 + n)]) }
        }
        wait = .sending(pieces.reversed(), send.link, every: every, next: driver.now)
    }
    /// Constant text `0x..` as bytes, expressions as they come.
    static func bytes(_ t: Template, _ scope: Scope) throws(EvaluationError) -> Term? {
        let term = try t.term(scope)
        if case .text(let s) = term, s.hasPrefix("0x"), let b = [UInt8](hex: s.dropFirst(2)) { return .bytes(b) }
        return term
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
                wait = .sending(left, name, every: every, next: next)
                return next
            }
            if let c = channels[name], c.ending == nil, c.failure == nil { driver.send(piece, on: c.link) }
            left.removeLast()
            next = driver.now + every
        }
        held(step)
        return nil
    }

    // Connecting

    func opening(_ step: Step, _ name: String, _ deadline: Instant) -> Instant? {
        guard let c = channels[name] else { return nil }
        if c.isOpen {
            held(step)
        } else if let failure = c.failure {
            // A node that cannot be reached cannot be judged, unless that is what the step is about.
            failed(Problem(failure, step.span, label: "no connection"), step, unless: .error)
        } else if driver.now >= deadline {
            let address = nodeAddress.map { "\($0)" } ?? "the node"
            failed(
                Problem("no connection to \(address) in time", step.span, label: "no connection"), step, unless: .error)
        } else {
            return deadline
        }
        return nil
    }
    func accepting(
        _ step: Step, _ actor: String, _ theirs: String, _ name: String, _ deadline: Instant
    ) -> Instant? {
        if let i = arrivals.firstIndex(where: { $0.actor == actor }) {
            let a = arrivals.remove(at: i)
            var c = Channel(
                name: name, ours: actor, theirs: theirs, link: a.link, framing: definition.framing(options.settings))
            c.isOpen = true
            channels[name] = c
            _ = note(c, .received, .opened, at: a.at)
            for early in a.early { take(early.what, early.at) }
            // Too much may have come already.
            if case .accepting = wait { held(step) }
            return nil
        }
        if driver.now < deadline { return deadline }
        failed(
            Problem(
                "the node did not dial \(listeners[actor].map { "\($0.at)" } ?? actor)", step.span, label: "nobody came"
            ), step)
        return nil
    }
}
