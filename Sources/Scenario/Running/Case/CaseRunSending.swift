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
    /// Returns the units of a part of `send`. `ends`: the actors on whom the fields of the suite depend.
    func encode(
        _ part: SendVerb.Part, ends: (from: String, to: String)? = nil, limit: Int? = nil
    ) throws(EvaluationError) -> [SentUnit] {
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
        case .message(let name, let fields, let suite, let span):
            guard let type = definition.message(name) else {
                throw EvaluationError(message: "no message \(name)", span: span)
            }
            let (encoded, errors) = SentMessage.encode(
                type, try completed(try fields.value(scope), by: suite, ends),
                defaults: definition.defaults(options.settings, drawn: drawn))
            if let first = errors.first {
                throw EvaluationError(message: "\(name) cannot be built: \(first)", span: span)
            }
            return try spread(encoded, type, limit, span)
        }
    }
    /// Returns the given fields with those of the suite that are missing. A field of the suite that is given as null stays
    /// out of the message.
    private func completed(
        _ given: Value, by suite: [Template.Member], _ ends: (from: String, to: String)?
    ) throws(EvaluationError) -> Value {
        guard !suite.isEmpty, case .map(let entries) = given else { return given }
        var scope = scope
        if let ends {
            scope.names[SuiteDefaults.sender] = scope.names[ends.from]
            scope.names[SuiteDefaults.receiver] = scope.names[ends.to]
        }
        // All messages have these fields from one place in a file. Their random values differ nevertheless.
        scope.caseID += "/\(trace.count)"
        var out = entries.filter { e in e.value != .null || !suite.contains { $0.key == e.key } }
        for f in suite where !entries.contains(where: { $0.key == f.key }) {
            out.append(Value.Entry(f.key, try f.value.value(scope)))
        }
        return .map(out)
    }
    /// Returns the datagrams of a message, or the message itself if it does not take several.
    func spread(
        _ bytes: [UInt8], _ type: any Message.Type, _ limit: Int?, _ span: Span
    ) throws(EvaluationError) -> [SentUnit] {
        let name = type.name.description
        let whole = SentUnit(content: .message(type, bytes), bytes: bytes, message: name)
        guard let rules = definition.reading.datagrams else { return [whole] }
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
    /// Returns the maximum size of datagrams.
    func limit(_ t: Template?, _ step: Step) throws(EvaluationError) -> Int? {
        guard let t, let rules = definition.reading.datagrams else { return nil }
        return try number(t, "`limit` is a number of bytes", rules.limits, step.span)
    }
    /// Keeps the units sent over UDP. If the caller holds a copy of the channel, each call copies the whole list.
    func keepSent(_ units: [SentUnit], on link: String) {
        if definition.transport == .udp { links[link]?.sent += units.map { (driver.now, $0.bytes) } }
    }
    /// Records a sent unit. A message that takes several datagrams has an entry before the first one. Returns the entry
    /// of the unit.
    func tell(_ u: SentUnit, on c: Link) -> Int {
        if let whole = u.begins { trace[note(c, .sent, whole)].carrier = .datagrams }
        return note(c, .sent, u.content)
    }
    /// Returns bytes in pieces of these sizes. The last size is repeated.
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
}
