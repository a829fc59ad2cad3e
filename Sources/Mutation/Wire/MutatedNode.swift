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
    /// What is late, in the order in which it is due.
    var delayed: [Delayed] = []
    var timer: MutatedTimer

    /// What is done later.
    struct Delayed: Sendable {
        var at: Instant
        var what: What
        enum What: Sendable {
            case act(Action)
            case hear([UInt8], LinkID)
        }
    }

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
        if links[link] == nil { links[link] = MutatedLink(definition, settings) }
        if !open.contains(link) { open.append(link) }
        call(now, &out) { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
    }
    /// What is heard is told to the node in it as it is, or altered.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        let pieces = links[link]?.heard.take(all) ?? []
        for p in pieces { links[link]?.said.heard(p) }
        if mutant == nil { gather(pieces, "hears") }
        guard let mutant, mutant.side == .hears else { return hear(all, link, now, &out) }
        for p in pieces { hear(p, mutant, link, now, &out) }
    }
    /// As the node in it.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        if mutant?.side == .hears, let rest = links[link]?.heard.flush(), !rest.isEmpty { hear(rest, link, now, &out) }
        forget(link)
        call(now, &out) { $0.closed(link, now: $1, &$2) }
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
            switch first.what {
            case .act(let action): out.append(action)
            case .hear(let bytes, let link): if open.contains(link) { hear(bytes, link, now, &out) }
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
    private mutating func hear(_ bytes: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.received(bytes.span.bytes, on: link, now: $1, &$2) }
    }
    private mutating func forget(_ link: LinkID) {
        links[link] = nil
        open.removeAll { $0 == link }
    }
    mutating func delay(_ what: Delayed.What, from now: Instant) {
        delayed.append(Delayed(at: now + lateness, what: what))
    }
    /// Another connection than this one, the one that stands longest; nil when there is none.
    func another(than link: LinkID) -> LinkID? { open.first { $0 != link } }

    // What it hears

    private mutating func hear(
        _ p: MutatedDirection.Piece, _ mutant: WireMutant, _ link: LinkID, _ now: Instant, _ out: inout [Action]
    ) {
        guard let type = p.type, type.name.description == mutant.message else { return hear(p.bytes, link, now, &out) }
        switch mutant.path.isEmpty ? mutant.action : nil {
        case .dropped?: log.altered(isGood: true)
        case .doubled?:
            log.altered(isGood: true)
            hear(p.bytes, link, now, &out)
            if open.contains(link) { hear(p.bytes, link, now, &out) }
        case .late?:
            log.altered(isGood: true)
            delay(.hear(p.bytes, link), from: now)
        case .elsewhere?:
            let other = another(than: link)
            if other != nil { log.altered(isGood: true) }
            hear(p.bytes, other ?? link, now, &out)
        default:
            guard let altered = change?.applied(to: p.bytes, of: type) else { return hear(p.bytes, link, now, &out) }
            log.altered(isGood: isGood(altered, insteadOf: p.bytes, type))
            hear(altered, link, now, &out)
        }
    }

    // What it does

    /// Carries over what the node wants done, with what it says altered.
    private mutating func alter(_ wanted: [Action], _ now: Instant, _ out: inout [Action]) {
        guard mutant == nil || mutant?.side == .says else {
            for a in wanted {
                if case .close(let link) = a { forget(link) }
                if case .send(let link, let bytes) = a { follow(bytes, link) }
            }
            return out += wanted
        }
        for a in wanted {
            switch a {
            case .send(let link, let bytes): say(bytes, link, now, &out)
            case .close(let link):
                if let rest = links[link]?.said.flush(), !rest.isEmpty { out.append(.send(link, rest)) }
                forget(link)
                out.append(a)
            case .connect, .report: out.append(a)
            }
        }
    }
    /// What is heard may depend on what was said.
    @discardableResult private mutating func follow(_ bytes: [UInt8], _ link: LinkID) -> [MutatedDirection.Piece]? {
        guard let pieces = links[link]?.said.take(bytes) else { return nil }
        for p in pieces { links[link]?.heard.heard(p) }
        return pieces
    }
    private mutating func say(_ bytes: [UInt8], _ link: LinkID, _ now: Instant, _ out: inout [Action]) {
        guard let pieces = follow(bytes, link) else { return out.append(.send(link, bytes)) }
        guard let mutant else {
            gather(pieces, "says")
            return out.append(.send(link, bytes))
        }
        // What is sent together stays together.
        var together: [UInt8] = []
        func send(_ bytes: [UInt8], _ out: inout [Action]) {
            if definition.transport == .udp { return out.append(.send(link, bytes)) }
            together += bytes
        }
        for p in pieces {
            guard let type = p.type, type.name.description == mutant.message else {
                send(p.bytes, &out)
                continue
            }
            switch mutant.path.isEmpty ? mutant.action : nil {
            case .dropped?: log.altered(isGood: true)
            case .doubled?:
                log.altered(isGood: true)
                send(p.bytes, &out)
                send(p.bytes, &out)
            case .late?:
                log.altered(isGood: true)
                delay(.act(.send(link, p.bytes)), from: now)
            case .ahead?:
                let before = out.lastIndex { if case .send(link, _) = $0 { true } else { false } }
                if together.isEmpty, let before {
                    log.altered(isGood: true)
                    out.insert(.send(link, p.bytes), at: before)
                } else if !together.isEmpty {
                    log.altered(isGood: true)
                    together = p.bytes + together
                } else {
                    send(p.bytes, &out)
                }
            case .elsewhere?:
                let other = another(than: link)
                if let other {
                    log.altered(isGood: true)
                    out.append(.send(other, p.bytes))
                } else {
                    send(p.bytes, &out)
                }
            default:
                let altered = change?.applied(to: p.bytes, of: type)
                if let altered { log.altered(isGood: isGood(altered, insteadOf: p.bytes, type)) }
                send(altered ?? p.bytes, &out)
            }
        }
        if !together.isEmpty { out.append(.send(link, together)) }
    }
    /// Whether bytes are a message, as far as the protocol's descriptions of them tell. Where what stood there before
    /// has nothing that tells its type, as what follows a request on a stream, they are taken for one of that type.
    private func isGood(_ bytes: [UInt8], insteadOf old: [UInt8], _ type: any Message.Type) -> Bool {
        var framing = definition.framing(settings)
        if definition.transport == .udp, let content = framing.datagram(bytes.span.bytes, at: .zero) {
            return content.part != nil && content.problem == nil
        }
        if let found = framed(bytes) { return found.isGood(bytes) }
        return framed(old) == nil && type.isGood(bytes)
    }
    /// The type that bytes tell by themselves, if they are one whole message.
    private func framed(_ bytes: [UInt8]) -> (any Message.Type)? {
        var framing = definition.framing(settings)
        guard case .message(let type, let length) = framing.next(bytes.span.bytes), length == bytes.count else {
            return nil
        }
        return type
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
