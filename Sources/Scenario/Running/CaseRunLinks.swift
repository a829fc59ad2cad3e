internal import Network
internal import Node
internal import Wire

extension CaseRun {
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
            for early in a.early {
                // Counted when it came.
                if case .received(_, let bytes) = early.what { room.bytes += bytes.count }
                take(early.what, early.at)
            }
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
