internal import Network
internal import Node
internal import Wire

extension CaseRun {
    func begin(_ f: FaultStep, _ step: Step) throws(EvaluationError) {
        var effects: [LinkFault] = []
        for e in f.effects { effects.append(try fault(e)) }
        // An earlier fault with this name ends, in both directions.
        heal(f.name)
        faults.append((f, effects))
        for name in channels.keys.sorted() {
            guard var c = channels[name] else { continue }
            apply(f, effects, to: &c)
            channels[name] = c
        }
        held(step)
    }
    func fault(_ e: FaultStep.Effect) throws(EvaluationError) -> LinkFault {
        func number(_ name: String, _ range: ClosedRange<Int>) throws(EvaluationError) -> Int? {
            guard let t = e.numbers[name] else { return nil }
            return try self.number(t, "`\(name)` is a number", range, e.span)
        }
        var selector = LinkFault.Selector(
            frame: try number("frame", -1_000_000...1_000_000), nth: try number("nth", 1...1_000_000),
            message: e.message)
        if let t = e.numbers["prob"] {
            let text = try t.term(scope).text
            guard let p = Double(text), p >= 0, p <= 1 else {
                throw EvaluationError(message: "`prob` is from 0 to 1, this is \(text)", span: e.span)
            }
            selector.probability = p
        }
        let effect: LinkFault.Effect
        switch e.kind {
        case .drop: effect = .drop
        case .partition: effect = .partition
        case .delay: effect = .delay(try e.times["by"]?.duration(scope) ?? .milliseconds(100))
        case .dup: effect = .duplicate(try number("times", 1...1000) ?? 2)
        case .reorder: effect = .reorder(try number("behind", 1...1000) ?? 1)
        case .corrupt: effect = .corrupt(nil)
        case .truncate: effect = .truncate(try number("to", 0...1 << 20) ?? 0)
        case .rate: effect = .rate(try number("bytes", 1...1 << 30) ?? 1000)
        case .chop:
            let items = try e.numbers["sizes"]?.term(scope).elements ?? [.number(1)]
            let sizes = items.compactMap(\.wholeNumber)
            guard sizes.count == items.count, !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }) else {
                throw EvaluationError(message: "`sizes` are numbers of bytes, at least 1", span: e.span)
            }
            effect = .chop(sizes, every: try e.times["every"]?.duration(scope) ?? .zero)
        }
        return LinkFault(effect, selector)
    }
    func apply(_ f: FaultStep, _ effects: [LinkFault], to c: inout Channel) {
        let isOutgoing = f.from == c.ours && f.to == c.theirs
        let isIncoming = f.from == c.theirs && f.to == c.ours
        guard isOutgoing || isIncoming else { return }
        // On a channel of a layer, only faults on messages above the lowest layer apply. Others apply to the
        // connection.
        func isHit(_ level: Int) -> Bool { c.channel == nil || c.upperLines[level] != nil }
        for (i, effect) in effects.enumerated() {
            let name = "\(f.name)#\(i)"
            let level = effect.selector.message.map(definition.level) ?? -1
            guard isHit(level) else { continue }
            if isOutgoing || f.isMutual {
                if c.upperLines[level]?.outgoing.add(effect, as: name) == nil { c.outgoingLine.add(effect, as: name) }
            }
            if isIncoming || f.isMutual, c.upperLines[level]?.incoming.add(effect, as: name) == nil {
                if c.incomingLine.isClear { c.beginUnits(newDeframer(from: c.opener.opposite)) }
                c.incomingLine.add(effect, as: name)
            }
            if let field = f.effects[i].field { c.fields[name] = (effect.selector.message, field) }
        }
    }
    /// Ends a fault on every link. Delayed bytes are released at once.
    func heal(_ name: String) {
        guard let f = faults.first(where: { $0.step.name == name }) else { return }
        faults.removeAll { $0.step.name == name }
        for key in channels.keys.sorted() {
            for i in f.effects.indices {
                channels[key]?.outgoingLine.heal("\(name)#\(i)", now: driver.now)
                channels[key]?.incomingLine.heal("\(name)#\(i)", now: driver.now)
                for level in channels[key]?.upperLines.keys.sorted() ?? [] {
                    channels[key]?.upperLines[level]?.outgoing.heal("\(name)#\(i)", now: driver.now)
                    channels[key]?.upperLines[level]?.incoming.heal("\(name)#\(i)", now: driver.now)
                }
            }
        }
        pumpFaults()
    }
    /// Returns a unit for a fault line, and sets the position of the field for each fault that changes one.
    func unit(
        _ bytes: [UInt8], _ message: String?, _ part: String?, _ line: inout FaultLine, _ c: Channel, place: Int = 1,
        of count: Int = 1
    ) -> FaultLine.Unit {
        for (name, field) in c.fields {
            // A datagram can be read as the message that it belongs to, and as a datagram by itself.
            guard let of = [message, part].compactMap({ $0 }).first(where: { $0 == field.message }),
                let type = definition.message(of)
            else { continue }
            line.aim(name, at: type.dissect(bytes).node(field.path)?.range ?? 0..<0)
        }
        return FaultLine.Unit(bytes, message: message, part: part, place: place, count: count)
    }
    func disturb(_ unit: SentUnit, place: Int, of count: Int, _ name: String) {
        guard var c = channels.removeValue(forKey: name) else { return }
        let u = self.unit(unit.bytes, unit.message, unit.part, &c.outgoingLine, c, place: place, of: count)
        c.outgoingLine.push(u, now: driver.now)
        channels[name] = c
        pump(name)
    }
    /// Releases the units that faults no longer delay.
    func pumpFaults() {
        takeWaited()
        for name in channels.keys.sorted() { pump(name) }
    }
    func pump(_ name: String) {
        pumpUpper(name)
        guard var c = channels.removeValue(forKey: name) else { return }
        for bytes in c.outgoingLine.take(now: driver.now) where c.ending == nil { driver.send(bytes, on: c.link) }
        for bytes in c.incomingLine.take(now: driver.now) { parse(bytes, &c, driver.now) }
        if c.incomingLine.isClear, let rest = c.endUnits() { parse(rest, &c, driver.now) }
        channels[name] = c
    }
}

extension Term {
    /// The elements of a list; for any other term, the term itself.
    var elements: [Term] { if case .list(let items) = self { items } else { [self] } }
    /// The value as `Int`, if it fits. Text of digits counts, because values of vectors may be text.
    var wholeNumber: Int? {
        switch self {
        case .number(let n): Int(exactly: n)
        case .text(let s): Int(s)
        default: nil
        }
    }
}
