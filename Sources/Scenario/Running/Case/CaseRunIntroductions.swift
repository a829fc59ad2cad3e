internal import Network
internal import Node
internal import Wire

/// The exchange that an address completes with a node before the first step.
extension CaseRun {
    /// Returns the introduction for a link to a node; nil if the protocol has none.
    func introduction(on name: String, to subject: String) -> RunningIntroduction? {
        guard definition.transport == .udp else { return nil }
        let kind =
            if case .remote(let r) = options.subject, let known = r.kind { known } else { node.kind(of: subject) }
        var random = Random(seed: options.seed, self.case.id, "introduction on \(name)")
        return definition.reference.introduction(options.settings, kind, &random).map {
            RunningIntroduction(dialog: $0, message: $0.first)
        }
    }
    /// Continues the introduction. Returns the time until which it waits; nil if it is over.
    func introduce(on name: String) -> Instant? {
        guard let c = links[name], var i = c.introduction, !i.isOver else { return nil }
        if driver.now < i.again { return i.again }
        guard i.times < RunningIntroduction.most else {
            links[name]?.introduction?.isOver = true
            return nil
        }
        i.times += 1
        i.again = driver.now + .seconds(1)
        links[name]?.introduction = i
        noteIntroduction(i.message, .sent, c, driver.now)
        driver.send(i.message, on: c.id)
        return i.again
    }
    /// Returns whether the introduction takes a datagram. Steps do not see such a datagram.
    func takeIntroduction(_ datagram: [UInt8], on name: String, _ at: Instant) -> Bool {
        guard let c = links[name], var i = c.introduction else { return false }
        let progress = i.dialog.take(datagram)
        if progress == .other { return false }
        noteIntroduction(datagram, .received, c, at)
        links.budget.bytes -= datagram.count
        if case .send(let next) = progress { (i.message, i.times, i.again) = (next, 0, .zero) }
        if progress == .over { i.isOver = true }
        links[name]?.introduction = i
        progressed()
        return true
    }
    private func noteIntroduction(_ datagram: [UInt8], _ direction: Direction, _ c: Link, _ at: Instant) {
        note(c, direction, .of(definition.reading.datagrams?.parts.first, datagram), at: at)
    }
}
