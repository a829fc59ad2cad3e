public import Node
public import Wire

/// Any node, with one thing of what it says, hears, or does of its own accord altered: a value like the node in it.
///
/// What the node signs is signed before it is altered: a wrapper has no keys. Lengths, counts and checksums of a
/// message of which a field is altered are computed again where they were right; where one of them is the field, it
/// alone is wrong.
public struct MutatedNode: Node {
    var node: any Node
    /// Nil: nothing is altered, and what could be is gathered in the log.
    let mutant: WireMutant?
    let definition: Definition
    let settings: Settings
    let log: WireLog
    /// How much later what is late goes out or comes in.
    let lateness: Duration
    var change: MessageChange?
    var links: [LinkID: MutatedLink] = [:]
    /// Links in the order in which they were opened.
    var open: [LinkID] = []
    /// Messages that are late, in the order in which they are due.
    var delayed: [(at: Instant, bytes: [UInt8], kind: UInt8?, link: LinkID)] = []
    var timer: MutatedTimer

    /// A node as `mutant` alters it; without one nothing is altered, and the log tells what could be.
    public init(
        _ node: any Node, _ mutant: WireMutant?, _ definition: Definition, _ settings: Settings, _ log: WireLog,
        lateness: Duration = .seconds(10)
    ) {
        self.node = node
        self.mutant = mutant
        self.definition = definition
        self.settings = settings
        self.log = log
        self.lateness = lateness
        if let mutant, mutant.side != .timer { change = MessageChange(mutant, definition) }
        timer = MutatedTimer(mutant?.side == .timer ? mutant : nil)
    }

    /// As the node in it.
    public mutating func start(now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.start(now: $1, &$2) }
    }
    /// As the node in it.
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        note(link)
        call(now, &out) { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
    }
    /// As the node in it.
    public mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        note(link)
        call(now, &out) { $0.opened(link, speaks: speaks, peer: peer, by: opener, now: $1, &$2) }
    }
    private mutating func note(_ link: LinkID) {
        if links[link] == nil { links[link] = MutatedLink(definition, settings) }
        if !open.contains(link) { open.append(link) }
    }
    /// What is heard is told to the node in it as it is, or altered.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        let pieces = links[link]?.heard.take(all) ?? []
        received(pieces, all, kind: nil, link, now, &out)
    }
    /// The same of a whole message; what is heard in its place is of the same kind.
    public mutating func received(
        _ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]
    ) {
        let all = message.withUnsafeBytes { [UInt8]($0) }
        let pieces = (links[link]?.heard.whole(all, kind: kind)).map { [$0] } ?? []
        received(pieces, all, kind: kind, link, now, &out)
    }
    private mutating func received(
        _ pieces: [MutatedDirection.Piece], _ all: [UInt8], kind: UInt8?, _ link: LinkID, _ now: Instant,
        _ out: inout [Action]
    ) {
        for p in pieces { links[link]?.said.heard(p) }
        if mutant == nil { gather(pieces, "hears") }
        guard let mutant, mutant.side == .hears else { return hear(all, kind: kind, link, now, &out) }
        for p in pieces {
            for (i, m) in altered(p, mutant, link, now, kind: kind).enumerated() where i == 0 || open.contains(m.link) {
                hear(m.bytes, kind: kind, m.link, now, &out)
            }
        }
    }
    /// As the node in it.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.unsent(bytes, on: link, now: $1, &$2) }
    }
    /// As the node in it.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        closed(link, status: nil, now: now, &out)
    }
    /// As the node in it.
    public mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        if mutant?.side == .hears, let rest = links[link]?.heard.flush(), !rest.isEmpty {
            hear(rest, kind: nil, link, now, &out)
        }
        forget(link)
        call(now, &out) { $0.closed(link, status: status, now: $1, &$2) }
    }
    /// As the node in it.
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.unreachable(peer, now: $1, &$2) }
    }
    /// As the node in it.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        node.answer(question, arguments, now: timer.inner(now))
    }
    /// As the node in it.
    public func rows(_ question: String, now: Instant) -> Rows? { node.rows(question, now: timer.inner(now)) }
    /// As the node in it.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        call(now, &out) { answer = $0.control(name, arguments, now: $1, &$2) }
        return answer
    }
    /// Does what is late and due, and wakes the node in it when it is time for that.
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        while let first = delayed.first, first.at <= now {
            delayed.removeFirst()
            if mutant?.side == .says {
                out.append(.send(first.link, first.bytes))
            } else if open.contains(first.link) {
                hear(first.bytes, kind: first.kind, first.link, now, &out)
            }
        }
        guard let due = timer.deadline(of: node), due <= now else { return }
        let time = timer.wakes(node, now)
        var wanted: [Action] = []
        node.wake(now: time, &wanted)
        if mutant == nil { gather(wanted) }
        if timer.isNever, wanted.contains(where: isSubject) {
            log.altered(isGood: true)
            wanted.removeAll { isSubject($0) }
        }
        alter(wanted, now, &out)
        lookAhead(now)
    }
    /// The earlier of the node's own and that of what is late.
    public var deadline: Instant? {
        [delayed.first?.at, timer.deadline(of: node)].compactMap(\.self).min()
    }

    private mutating func call(
        _ now: Instant, _ out: inout [Action], _ body: (inout any Node, Instant, inout [Action]) -> Void
    ) {
        var wanted: [Action] = []
        body(&node, timer.inner(now), &wanted)
        alter(wanted, now, &out)
        lookAhead(now)
    }
    private mutating func lookAhead(_ now: Instant) {
        guard mutant?.side == .timer else { return }
        let (links, subject) = (links, mutant?.message)
        if timer.look(at: node, now, { MutatedTimer.subject($0, links, subject) }) { log.altered(isGood: true) }
    }
    private mutating func hear(
        _ bytes: [UInt8], kind: UInt8?, _ link: LinkID, _ now: Instant, _ out: inout [Action]
    ) {
        call(now, &out) { node, now, out in
            if let kind {
                node.received(bytes.span.bytes, kind: kind, on: link, now: now, &out)
            } else {
                node.received(bytes.span.bytes, on: link, now: now, &out)
            }
        }
    }
    private mutating func forget(_ link: LinkID) {
        links[link] = nil
        open.removeAll { $0 == link }
    }

    // What is altered

    /// What goes on in place of a message, and over which connection.
    private mutating func altered(
        _ p: MutatedDirection.Piece, _ mutant: WireMutant, _ link: LinkID, _ now: Instant, kind: UInt8? = nil
    ) -> [(bytes: [UInt8], link: LinkID)] {
        guard let type = p.type, type.name.description == mutant.message else { return [(p.bytes, link)] }
        switch mutant.path.isEmpty ? mutant.action : nil {
        case .dropped?:
            log.altered(isGood: true)
            return []
        case .doubled?:
            log.altered(isGood: true)
            return [(p.bytes, link), (p.bytes, link)]
        case .late?:
            log.altered(isGood: true)
            delayed.append((now + lateness, p.bytes, kind, link))
            return []
        case .elsewhere?:
            // The other connection that stands longest.
            guard let other = open.first(where: { $0 != link }) else { return [(p.bytes, link)] }
            log.altered(isGood: true)
            return [(p.bytes, other)]
        default:
            guard let altered = change?.applied(to: p.bytes, of: type) else { return [(p.bytes, link)] }
            log.altered(isGood: isGood(altered, insteadOf: p.bytes, type))
            return [(altered, link)]
        }
    }
    /// Carries over what the node wants done, with what it says altered.
    private mutating func alter(_ wanted: [Action], _ now: Instant, _ out: inout [Action]) {
        for a in wanted {
            switch a {
            case .send(let link, let bytes): say(bytes, link, now, &out)
            case .close(let link, _):
                if mutant?.side == .says, let rest = links[link]?.said.flush(), !rest.isEmpty {
                    out.append(.send(link, rest))
                }
                forget(link)
                out.append(a)
            case .connect, .report: out.append(a)
            }
        }
    }
    private mutating func say(_ bytes: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        let pieces = links[link]?.said.take(bytes)
        // What is heard may depend on what was said.
        for p in pieces ?? [] { links[link]?.heard.heard(p) }
        if mutant == nil { gather(pieces ?? [], "says") }
        guard let pieces, let mutant, mutant.side == .says else { return out.append(.send(link, bytes)) }
        // What is sent together on a stream stays together; where messages are whole, each goes by itself.
        let isStream =
            definition.transport == .tcp && definition.layers?.layers.contains(where: \.carriesMessages) != true
        var together: [UInt8] = []
        for p in pieces {
            if mutant.action == .ahead, p.type?.name.description == mutant.message {
                let before = out.lastIndex { if case .send(link, _) = $0 { true } else { false } }
                if !together.isEmpty || before != nil { log.altered(isGood: true) }
                if together.isEmpty, let before {
                    out.insert(.send(link, p.bytes), at: before)
                } else {
                    together = p.bytes + together
                }
                continue
            }
            for m in altered(p, mutant, link, now) {
                if m.link == link, isStream {
                    together += m.bytes
                } else {
                    out.append(.send(m.link, m.bytes))
                }
            }
        }
        if !together.isEmpty { out.append(.send(link, together)) }
    }
    /// Whether bytes are a message, as far as the protocol's descriptions of them tell. Where what stood there before
    /// has nothing that tells its type, as what follows a request on a stream, they are taken for one of that type.
    private func isGood(_ bytes: [UInt8], insteadOf old: [UInt8], _ type: any Message.Type) -> Bool {
        if var layer = definition.datagrams?.layer(settings) {
            var output = LayerOutput()
            guard case .unit = layer.next(bytes.span.bytes, from: .us, into: &output) else { return false }
            return !output.items.contains { if case .drops = $0 { true } else { false } }
        }
        if let found = framed(bytes) { return found.isGood(bytes) }
        return framed(old) == nil && type.isGood(bytes)
    }
    /// The type that bytes tell by themselves, if they are one whole message.
    private func framed(_ bytes: [UInt8]) -> (any Message.Type)? {
        var framing = definition.framing(settings)
        return framing.only(bytes)
    }
    /// Whether an action is what the timer of the mutant does.
    private func isSubject(_ action: Action) -> Bool { MutatedTimer.subject(action, links, mutant?.message) }

    // What could be altered

    private func gather(_ pieces: [MutatedDirection.Piece], _ side: String) {
        var all: Set<String> = []
        for p in pieces {
            guard let type = p.type else { continue }
            let name = side + ":" + type.name.description
            all.insert(name)
            for path in type.paths(in: p.bytes) { all.insert(name + "." + path) }
        }
        log.reached(all)
    }
    private func gather(_ actions: [Action]) {
        let names = definition.messages.map { $0.name.description } + WireMutant.deeds
        log.reached(
            Set(
                names.filter { name in actions.contains { MutatedTimer.subject($0, links, name) } }
                    .map { "timer:" + $0 }))
    }
}
