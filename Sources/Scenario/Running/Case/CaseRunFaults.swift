internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Puts a fault in force, also for the links that are opened later.
    func begin(_ fault: ActiveFault) {
        links.add(fault)
        if fault.verb.isBelow {
            return datagrams.begin(fault) { fault.isAbout(links.connections[$0], isSent: $1) }
        }
        for name in links.names {
            guard var c = links[name] else { continue }
            apply(fault, to: &c)
            links[name] = c
        }
    }
    func apply(_ fault: ActiveFault, to c: inout Link) {
        let f = fault.verb
        guard !f.isBelow else { return }
        let isOutgoing = f.from == c.ours && f.to == c.theirs
        let isIncoming = f.from == c.theirs && f.to == c.ours
        guard isOutgoing || isIncoming else { return }
        // On a channel of a layer, only faults on messages above the lowest layer apply. Others apply to the
        // connection.
        for (i, effect) in fault.effects.enumerated() {
            let name = fault.name(i)
            let queue = effect.selector.message.map(definition.queue)
            let isUpper = queue.map { c.upperLines[$0] != nil } ?? false
            guard c.channel == nil || isUpper else { continue }
            if isOutgoing || f.isMutual {
                if let queue, isUpper {
                    c.upperLines[queue]?.outgoing.add(effect, as: name)
                } else {
                    c.outgoingLine.add(effect, as: name)
                }
            }
            if isIncoming || f.isMutual {
                if let queue, isUpper {
                    c.upperLines[queue]?.incoming.add(effect, as: name)
                } else {
                    if c.incomingLine.isClear {
                        c.beginUnits(newDeframer(from: c.opener.opposite, isDataChannel: c.dataChannel != nil))
                    }
                    c.incomingLine.add(effect, as: name)
                }
            }
            if let field = f.effects[i].field { c.fields[name] = (effect.selector.message, field) }
        }
    }
    /// Ends a fault on every link. Delayed bytes are released at once.
    func heal(_ name: String) {
        guard let fault = links.removeFault(name) else { return }
        for i in fault.effects.indices {
            for key in links.names { links[key]?.heal(fault.name(i), now: driver.now) }
            datagrams.heal(fault.name(i), now: driver.now)
        }
        pumpFaults()
    }
    /// Returns a unit for a fault line, and sets the position of the field for each fault that changes one.
    func unit(
        _ bytes: [UInt8], _ message: String?, _ part: String?, _ line: inout FaultLine, _ c: Link, place: Int = 1,
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
        guard var c = links.take(name) else { return }
        let u = self.unit(unit.bytes, unit.message, unit.part, &c.outgoingLine, c, place: place, of: count)
        c.outgoingLine.push(u, now: driver.now)
        links[name] = c
        pump(name)
    }
    /// The next time at which a fault releases data, or the ends of layers must act.
    var nextRelease: Instant { (links.all.map(\.deadline) + [datagrams.deadline]).compactMap { $0 }.min() ?? .never }
    /// Releases the units that faults no longer delay.
    func pumpFaults() {
        takeWaited()
        pumpDatagrams()
        for name in links.names { pump(name) }
    }
    func pump(_ name: String) {
        pumpUpper(name)
        guard var c = links.take(name) else { return }
        for bytes in c.outgoingLine.take(now: driver.now) where c.ending == nil { driver.send(bytes, on: c.id) }
        for bytes in c.incomingLine.take(now: driver.now) { parse(bytes, &c, driver.now) }
        if c.incomingLine.isClear, let rest = c.endUnits() { parse(rest, &c, driver.now) }
        links[name] = c
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
