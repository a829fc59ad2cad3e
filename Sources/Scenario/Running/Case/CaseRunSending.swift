internal import Network
internal import Node
internal import Wire

/// One unit to send: a message of a stream, or a datagram.
struct SentUnit {
    var content: TraceEntry.Content
    var bytes: [UInt8]
    /// The name of the message that it is, or that it is a part of.
    var message: String?
    /// The name of the datagram by itself, if messages take several datagrams.
    var part: String?
    /// The message that begins with this datagram and takes several.
    var begins: TraceEntry.Content?
    /// The layer that carries bytes without a message; nil for the transport.
    var above: String?
}

extension CaseRun {
    /// Returns the units of a part of `send`.
    func encode(_ part: Send.Part, limit: Int? = nil) throws(EvaluationError) -> [SentUnit] {
        switch part {
        case .raw(let t, let above, let span):
            var out: [SentUnit] = []
            for term in try t.rawTerm(scope).elements {
                guard case .bytes(let b) = term.carried else {
                    throw EvaluationError(message: "`raw` needs bytes, this is \(term.kind)", span: span)
                }
                out.append(SentUnit(content: .bytes(b, nil), bytes: b, above: above))
            }
            return out
        case .message(let name, let fields, let span):
            guard let type = definition.message(name) else {
                throw EvaluationError(message: "no message \(name)", span: span)
            }
            let (encoded, errors) = SentMessage.encode(
                type, try fields.value(scope), defaults: definition.defaults(options.settings, drawn: drawn))
            if let first = errors.first {
                throw EvaluationError(message: "\(name) cannot be built: \(first)", span: span)
            }
            return try spread(encoded, type, limit, span)
        }
    }
    /// Returns the datagrams of a message, or the message itself if it does not take several.
    func spread(
        _ bytes: [UInt8], _ type: any Message.Type, _ limit: Int?, _ span: Span
    ) throws(EvaluationError) -> [SentUnit] {
        let name = type.name.description
        let whole = SentUnit(content: .message(type, bytes), bytes: bytes, message: name)
        guard let rules = definition.datagrams else { return [whole] }
        if definition.isPart(name) { return [SentUnit(content: .message(type, bytes), bytes: bytes, part: name)] }
        let pieces: [[UInt8]]
        do throws(ProtocolFunction.Refusal) {
            pieces = try rules.split(type, bytes, limit ?? options.chop?.limit(rules), options.settings)
        } catch {
            throw EvaluationError(message: "\(name) cannot be sent: \(error.reason)", span: span)
        }
        let part = rules.parts.first
        let partName = part?.name.description
        if pieces.count < 2 {
            return pieces.map { SentUnit(content: .message(type, $0), bytes: $0, message: name, part: partName) }
        }
        var out = pieces.map { SentUnit(content: .of(part, $0), bytes: $0, message: name, part: partName) }
        if limit == nil, options.chop == .reversed { out.reverse() }
        out[0].begins = .message(type, bytes)
        return out
    }
    /// Runs a `build` step: stores the datagrams of a message without sending them.
    func build(_ b: Build, _ step: Step) throws(EvaluationError) {
        let units = try encode(b.part, limit: try limit(b.limit, step))
        try name(b.name, .list(units.map { .bytes($0.bytes) }), step.span)
        held(step)
    }
    /// Returns the maximum size of datagrams.
    func limit(_ t: Template?, _ step: Step) throws(EvaluationError) -> Int? {
        guard let t, let rules = definition.datagrams else { return nil }
        return try number(t, "`limit` is a number of bytes", rules.limits, step.span)
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
    func begin(_ send: Send, _ step: Step) throws(EvaluationError) {
        var units: [SentUnit] = []
        let limit = try limit(send.limit, step)
        for part in send.parts { units += try encode(part, limit: limit) }
        if let c = channels[send.link], let ending = c.ending, !stillHears(c) {
            // A message that could not be sent proves nothing about its answer.
            let p = Problem(
                "connection \(ending.how) before this could be sent", step.span, label: "not sent",
                culprit: lastReceived(on: send.link))
            return failed(p, step, unless: .inconc)
        }
        // All sent bytes are kept in the trace.
        remaining.sent -= units.reduce(0) { $0 + $1.bytes.count }
        guard remaining.sent >= 0 else {
            throw EvaluationError(
                message: "the case sends more than \(HeldValues.limit >> 20) MiB: repeat less", span: step.span)
        }
        keepSent(units, on: send.link)
        guard let c = channels[send.link] else { return }
        for i in units.indices {
            let entry: Int?
            if c.isLayered {
                entry = try lower(&units[i], on: c, step.span)
            } else {
                entry = tell(units[i], on: c)
            }
            guard let entry else { continue }
            trace[entry].step = currentBranch.step?.number
            currentBranch.entry = currentBranch.entry ?? entry
            if case .message(let type, let bytes) = units[i].content {
                channels[send.link]?.incoming.framing.heard(type, bytes.span.bytes)
            }
        }
        // The content of a channel is sent over the connection.
        let wire = connection(of: c)
        guard wire.outgoingLine.isClear else {
            for (i, u) in units.enumerated() { disturb(u, place: i + 1, of: units.count, wire.name) }
            return held(step)
        }
        let isUDP = definition.transport == .udp
        let every = try send.every?.duration(scope) ?? .zero
        var bytes = units.flatMap(\.bytes)
        if options.chop == .coalesced, send.chop == nil, !isUDP {
            bytes = wire.coalesced + bytes
            let isHeldBack = sendsNext(on: send.link)
            channels[wire.name]?.coalesced = isHeldBack ? bytes : []
            if isHeldBack { return held(step) }
        }
        var pieces: [[UInt8]] = [bytes]
        if isUDP {
            pieces = units.map(\.bytes)
        } else if let sizes = send.chop.map({ [$0] }) ?? options.chop?.sizes(units.map(\.bytes.count)) {
            guard bytes.count / max(1, sizes.max() ?? 1) <= Self.maximumPieces else {
                throw EvaluationError(
                    message:
                        "\(bytes.count) bytes in pieces of \(sizes.max() ?? 1) are more than \(Self.maximumPieces) pieces: "
                        + "send less at once",
                    span: step.span)
            }
            pieces = Self.cut(bytes, sizes)
        }
        var left: [[UInt8]] = pieces.reversed()
        var next = driver.now
        // The ends of the layers continue to send, but not in the middle of these pieces.
        if left.count > 1 { channels[wire.name]?.behindPieces = [] }
        wait(until: next + every * max(0, left.count - 1)) { [unowned self] in
            sending(step, wire.name, every, &left, &next)
        }
    }
    /// Keeps the units sent over UDP. If the caller holds a copy of the channel, each call copies the whole list.
    func keepSent(_ units: [SentUnit], on link: String) {
        if definition.transport == .udp { channels[link]?.sent += units.map { (driver.now, $0.bytes) } }
    }
    /// Records a sent unit. A message that takes several datagrams has an entry before the first one. Returns the entry
    /// of the unit.
    func tell(_ u: SentUnit, on c: Channel) -> Int {
        if let whole = u.begins { trace[note(c, .sent, whole)].carrier = .datagrams }
        return note(c, .sent, u.content)
    }
    /// Returns whether the next step always sends on the same link.
    func sendsNext(on link: String) -> Bool {
        guard let top = currentBranch.stack.last, top.index + 1 < top.steps.count else { return false }
        let after = top.steps[top.index + 1]
        if case .send(let s) = after.verb, s.link == link, s.chop == nil, after.condition == nil { return true }
        return false
    }
    /// The maximum number of pieces that one step sends.
    static var maximumPieces: Int { 2 << 20 }
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
    /// Sends the pieces that are due. The next piece is the last element of `left`.
    func sending(
        _ step: Step, _ name: String, _ every: Duration, _ left: inout [[UInt8]], _ next: inout Instant
    ) -> Instant? {
        while let piece = left.last {
            if driver.now < next {
                currentBranch.wait?.deadline = next + every * (left.count - 1)
                return next
            }
            // Bytes for a link that the other side closed are discarded. The expected answer then decides.
            if let c = channels[name], c.ending == nil, c.failure == nil { driver.send(piece, on: c.link) }
            left.removeLast()
            next = driver.now + every
        }
        if let c = channels[name], let behind = c.behindPieces {
            channels[name]?.behindPieces = nil
            if c.ending == nil, c.failure == nil { for piece in behind { driver.send(piece, on: c.link) } }
        }
        held(step)
        return nil
    }
}
