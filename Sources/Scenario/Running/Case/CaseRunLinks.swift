internal import Network
internal import Node
internal import Wire

extension CaseRun {
    func newChannel(
        _ name: String, ours: String, theirs: String, _ link: LinkID, by opener: Opener = .us
    ) -> Channel {
        var connection = CaseConnection(link: name, ours: ours, theirs: theirs)
        if definition.layers != nil { connection.secrets = Secrets() }
        connections.append(connection)
        return newChannel(
            name, ours: ours, theirs: theirs, link, connections.count - 1, by: opener,
            LinkStream.bottom(definition, options.settings, connection.secrets))
    }
    /// Creates a link with the stream of a connection, or with a channel of a connection.
    func newChannel(
        _ name: String, ours: String, theirs: String, _ link: LinkID, _ connection: Int, by opener: Opener,
        _ stream: LinkStream?, _ channel: LayerChannel? = nil
    ) -> Channel {
        var random = Random(seed: options.seed, self.case.id, "faults of \(name)")
        func line() -> FaultLine {
            FaultLine(Random(seed: random.next()), isDatagrams: definition.transport == .udp)
        }
        let deframer = newDeframer(from: opener.opposite)
        var c = Channel(
            name: name, ours: ours, theirs: theirs, link: link, connection: connection, incoming: deframer,
            opener: opener, stream: stream, channel: channel, outgoingLine: line(), incomingLine: line(),
            units: deframer)
        if c.isLayered, let stack = definition.layers {
            for level in 0...stack.layers.count where level == 0 || stack.layers[level - 1].name != stack.bottom {
                c.upperLines[level] = Channel.FaultLines(outgoing: line(), incoming: line())
            }
        }
        for f in faults { apply(f.step, f.effects, to: &c) }
        return c
    }

    /// Creates a deframer for the bytes that one side of a connection sends.
    func newDeframer(from sender: Opener) -> Deframer {
        Deframer(
            LinkStream.framing(definition, options.settings, from: sender), isDatagrams: definition.transport == .udp)
    }

    // Connecting

    func open(
        _ step: Step, _ from: String, _ to: String, _ name: String, _ within: Template?, isBare: Bool, up: String?,
        target: String?
    ) throws(EvaluationError) {
        guard let address = addresses[to] else {
            throw EvaluationError(message: "the node under test `\(to)` has no address", span: step.span)
        }
        let limit = try within?.duration(scope) ?? .seconds(10)
        // Over UDP, an actor that listens has one address.
        let own = definition.transport == .udp ? listeners[from].map { [$0.id] } ?? [] : []
        let link = driver.dial(address, definition.transport, from: own, at: home(of: from, facing: address))
        if let open = channels.first(where: { $0.value.link == link && $0.value.ending == nil })?.key {
            throw EvaluationError(
                message:
                    "`\(from)` has one address, from which link `\(open)` leads to `\(to)` already: close that first",
                span: step.span)
        }
        putAside(name)
        channels[name] = newChannel(name, ours: from, theirs: to, link)
        channels[name]?.ends = ends(
            of: name, .us, by: from, up: up, facing: address, target: target, connections.last?.secrets)
        if !isBare { channels[name]?.introduction = introduction(on: name, to: to) }
        let deadline = driver.now + options.stretched(limit)
        wait(until: deadline) { [unowned self] in opening(step, name, deadline) }
        // The node sent first.
        if let i = arrivals.firstIndex(where: { $0.link == link }) { takeEarly(arrivals.remove(at: i)) }
    }
    /// Handles the events that arrived over a link before a step took it.
    func takeEarly(_ a: Arrival) {
        for early in a.early {
            // The bytes were counted when they arrived.
            if case .received(_, let bytes) = early.what { remaining.bytes += bytes.count }
            take(early.what, early.at)
        }
    }
    /// Puts aside a link whose name is given to another one. It stays open until the case ends.
    func putAside(_ name: String) {
        guard let old = channels[name], old.ending == nil, old.failure == nil, old.channel == nil else { return }
        renamedLinks.append((name, old.link))
        endStreams(of: old, Channel.ourEnd, driver.now)
    }
    func opening(_ step: Step, _ name: String, _ deadline: Instant) -> Instant? {
        guard let c = channels[name] else { return nil }
        if c.isOpen {
            if let later = introduce(on: name) { return later }
            if let ends = c.ends, !ends.isUp { return raising(step, c, deadline) }
            currentBranch.entry = c.opened
            held(step)
        } else if let failure = c.failure {
            unreached(Problem(failure, step.span, label: "no connection"), step)
        } else if driver.now >= deadline {
            driver.close(c.link, reset: true)
            channels[name]?.failure = "not connected in time"
            let address = addresses[c.theirs].map { "\($0)" } ?? "the node"
            unreached(Problem("no connection to \(address) in time", step.span, label: "no connection"), step)
        } else {
            return deadline
        }
        return nil
    }
    /// Handles an unreachable node. Such a node cannot be judged unless the step is about that: without an earlier
    /// connection in this case, it is unknown whether the node is there.
    private func unreached(_ p: Problem, _ step: Step) {
        var p = p
        p.because = step.because
        if step.requirement == nil || trace.contains(where: \.isOpening) { return failed(p, step, unless: .error) }
        if judge(step, .failed, step.otherwise ?? .error, p, step.requirement) { next() }
    }
    func accept(
        _ step: Step, _ at: String, _ from: String, _ name: String, _ within: Template?, _ since: String?, up: String?
    ) throws(EvaluationError) {
        if case .remote(let r) = options.subject, let dial = r.dial, let l = listeners[at], scenario.isTold(at),
            dialRequests.insert(at).inserted, let problem = dial(l.at)
        {
            throw EvaluationError(message: "the node could not be made to dial: \(problem)", span: step.span)
        }
        let limit = options.stretched(try within?.duration(scope) ?? .seconds(10))
        let start = try since.map { s throws(EvaluationError) in try scope.moment(s, step.span) }
        let deadline = (start ?? driver.now) + limit
        wait(until: deadline, judgedSince: start == .zero ? nil : start) { [unowned self] in
            accepting(step, at, from, name, start ?? .zero, deadline, up: up)
        }
    }
    func accepting(
        _ step: Step, _ actor: String, _ theirs: String, _ name: String, _ start: Instant, _ deadline: Instant,
        up: String?
    ) -> Instant? {
        while let i = arrivals.firstIndex(where: { $0.actor == actor }) {
            let a = arrivals.remove(at: i)
            guard a.at >= start else {
                driver.close(a.link, reset: true)
                continue
            }
            putAside(name)
            var c = newChannel(name, ours: actor, theirs: theirs, a.link, by: .them)
            c.isOpen = true
            // A simulated peer has no address of its own.
            let peer = a.ends?.peer ?? addresses[theirs] ?? Endpoint(high: 0, low: 0, port: 0)
            c.ends = ends(of: name, .them, by: actor, up: up, facing: peer, connections.last?.secrets)
            channels[name] = c
            know(a.ends, of: c)
            currentBranch.entry = note(c, .received, .opened, at: a.at)
            beginEnds(of: name)
            takeEarly(a)
            // The early bytes may have exceeded the limit.
            guard currentBranch.wait != nil else { return nil }
            if c.ends != nil {
                wait(until: deadline) { [unowned self] in
                    channels[name].flatMap { c in
                        if c.ends?.isUp == false { return raising(step, c, deadline) }
                        held(step)
                        return nil
                    }
                }
                return .zero
            }
            held(step)
            return nil
        }
        if case .remote(let r) = options.subject, dialRequests.contains(actor), let l = listeners[actor] {
            // If a connection has arrived, the node did dial, and the exit status of the command does not matter.
            let came = trace.contains { $0.ours == actor && $0.direction == .received && $0.isOpening }
            if !came, let problem = r.dialProblem(l.at) {
                broken("the node could not be made to dial: \(problem)", step.span, step.source)
                return nil
            }
            if !came, driver.now < deadline { return min(deadline, driver.now + .milliseconds(50)) }
        }
        if driver.now < deadline { return deadline }
        let at = listeners[actor].map { "\($0.at)" } ?? actor
        failed(Problem("the node did not dial \(at)", step.span, label: "no connection"), step)
        return nil
    }
    func undialed(_ step: Step, _ actor: String, _ start: Instant, _ deadline: Instant) -> Instant? {
        let first = arrivals.first { $0.actor == actor && $0.at >= start }
        let came = first.map { a in
            let after = "after \((a.at - start).rounded.text)"
            return Problem(
                "the node dialed \(actor) \(after)", step.span, label: "dialed",
                wanted: "no connection for \((deadline - start).text)", had: "one \(after)")
        }
        if let first, let came, first.at <= deadline {
            failed(came, step)
        } else if driver.now < deadline {
            return deadline
        } else if let late = lateness(since: start), var p = came {
            // The connection may have arrived before the harness read it.
            p.reason = "harness late \(late.rounded.text): " + p.reason
            settle(.inconc, p, step.requirement)
            end()
        } else {
            held(step)
        }
        return nil
    }
    func close(_ step: Step, _ name: String, _ how: Closing) throws(EvaluationError) {
        if let c = channels[name], c.ending == nil || stillHears(c), c.failure == nil {
            if how == .half { return try closeOurSide(step, c) }
            // This is set first, because the ends would otherwise close the connection themselves.
            channels[name]?.ending = (Channel.ourEnd, driver.now, true)
            if c.channel != nil {
                if how == .reset || !c.isHalfClosed { try closeStream(c, isReset: how == .reset, step) }
            } else {
                if how == .fin, !c.isHalfClosed { closeEnds(of: name) }
                driver.close(c.link, reset: how == .reset)
                endStreams(of: c, Channel.ourEnd, driver.now)
                currentBranch.entry = note(c, .sent, .closed(how == .reset ? "reset" : "closed"))
            }
        }
        if how != .half {
            for old in renamedLinks where old.name == name { driver.close(old.link, reset: how == .reset) }
            renamedLinks.removeAll { $0.name == name }
        }
        held(step)
    }
    /// Closes our side. The layers say goodbye as at any other end, and the link remains until the node ends it.
    private func closeOurSide(_ step: Step, _ c: Channel) throws(EvaluationError) {
        if c.isHalfClosed { return held(step) }
        channels[c.name]?.isHalfClosed = true
        if c.channel != nil {
            try closeStream(c, isReset: false, step)
        } else {
            closeEnds(of: c.name)
            driver.endSending(on: c.link)
            currentBranch.entry = note(c, .sent, .closed("half-closed"))
        }
        held(step)
    }
}
