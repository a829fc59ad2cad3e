public import Node
public import Wire

/// A wrapper around any node that alters one thing that the node sends, receives, or does on its own. It is a value
/// like the inner node.
///
/// The inner node signs before the alteration, because a wrapper has no keys. Lengths, counts and checksums of a
/// message with an altered field are computed again if they were right. If such a field is the altered one, only that
/// field is wrong.
public struct MutatedNode: Node {
    var node: any Node
    /// The mutant; nil to alter nothing and log the possible alterations.
    let mutant: WireMutant?
    let definition: Definition
    let settings: Settings
    let log: WireLog
    /// The delay of late messages.
    let lateness: Duration
    var change: MessageChange?
    var links: [LinkID: MutatedLink] = [:]
    /// The links in the order in which they were opened.
    var open: [LinkID] = []
    /// The late messages, in the order of their times.
    var delayed: [(at: Instant, bytes: [UInt8], kind: UInt8?, link: LinkID)] = []
    var timer: MutatedTimer
    /// The requests to the node that opens its data channels. Each channel is a link here.
    var channelCalls: [ChannelCall] = []

    /// Creates a node that is altered by `mutant`. Without a mutant it alters nothing and logs the possible
    /// alterations.
    public init(
        _ node: any Node, mutant: WireMutant?, definition: Definition, settings: Settings, log: WireLog,
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

    /// Calls the inner node.
    public mutating func start(now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.start(now: $1, &$2) }
    }
    /// Calls the inner node.
    public mutating func opened(
        _ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        note(link)
        call(now, &out) { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
    }
    /// Calls the inner node.
    public mutating func opened(
        _ link: LinkID, speaks: String, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]
    ) {
        note(link)
        call(now, &out) { $0.opened(link, speaks: speaks, peer: peer, by: opener, now: $1, &$2) }
    }
    mutating func note(_ link: LinkID) {
        if links[link] == nil { links[link] = MutatedLink(definition, settings) }
        if !open.contains(link) { open.append(link) }
    }
    /// Passes the received bytes to the inner node, unchanged or altered.
    public mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {
        let all = bytes.withUnsafeBytes { [UInt8]($0) }
        let pieces = links[link]?.heard.take(all) ?? []
        received(pieces, of: all, kind: nil, on: link, at: now, into: &out)
    }
    /// Passes a whole message to the inner node. An altered message has the same kind.
    public mutating func received(
        _ message: RawSpan, kind: UInt8, on link: LinkID, now: Instant, _ out: inout [Action]
    ) {
        let all = message.withUnsafeBytes { [UInt8]($0) }
        let pieces = (links[link]?.heard.whole(all, kind: kind)).map { [$0] } ?? []
        received(pieces, of: all, kind: kind, on: link, at: now, into: &out)
    }
    mutating func received(
        _ pieces: [MutatedDirection.Piece], of all: [UInt8], kind: UInt8?, on link: LinkID, at now: Instant,
        into out: inout [Action]
    ) {
        for p in pieces { links[link]?.said.heard(p) }
        if mutant == nil { gather(pieces, "hears") }
        guard let mutant, mutant.side == .hears else { return hear(all, kind: kind, on: link, at: now, into: &out) }
        for p in pieces {
            for (i, m) in altered(p, by: mutant, on: link, at: now, kind: kind).enumerated()
            where i == 0 || open.contains(m.link) {
                hear(m.bytes, kind: kind, on: m.link, at: now, into: &out)
            }
        }
    }
    /// Calls the inner node.
    public mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.unsent(bytes, on: link, now: $1, &$2) }
    }
    /// Calls the inner node.
    public mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {
        closed(link, status: nil, now: now, &out)
    }
    /// Calls the inner node.
    public mutating func closed(_ link: LinkID, status: CloseStatus?, now: Instant, _ out: inout [Action]) {
        if mutant?.side == .hears, let rest = links[link]?.heard.flush(), !rest.isEmpty {
            hear(rest, kind: nil, on: link, at: now, into: &out)
        }
        forget(link)
        call(now, &out) { $0.closed(link, status: status, now: $1, &$2) }
    }
    /// Calls the inner node.
    public mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {
        call(now, &out) { $0.unreachable(peer, now: $1, &$2) }
    }
    /// Asks the inner node.
    public func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        node.answer(question, arguments, now: timer.inner(now))
    }
    /// Asks the inner node.
    public func rows(_ question: String, now: Instant) -> Rows? { node.rows(question, now: timer.inner(now)) }
    /// Calls the inner node.
    public mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        var answer: Value?
        call(now, &out) { answer = $0.control(name, arguments, now: $1, &$2) }
        return answer
    }
    /// Handles late messages that are due, and wakes the inner node at its time.
    public mutating func wake(now: Instant, _ out: inout [Action]) {
        while let first = delayed.first, first.at <= now {
            delayed.removeFirst()
            if mutant?.side == .says {
                send(first.bytes, on: first.link, &out)
            } else if open.contains(first.link) {
                hear(first.bytes, kind: first.kind, on: first.link, at: now, into: &out)
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
        takeChannelMessages(now, &out)
    }
    /// The deadline of the node or of the late messages, whichever is earlier.
    public var deadline: Instant? {
        [delayed.first?.at, timer.deadline(of: node)].compactMap(\.self).min()
    }

    mutating func call(
        _ now: Instant, _ out: inout [Action], _ body: (inout any Node, Instant, inout [Action]) -> Void
    ) {
        var wanted: [Action] = []
        body(&node, timer.inner(now), &wanted)
        alter(wanted, now, &out)
        lookAhead(now)
        takeChannelMessages(now, &out)
    }
    private mutating func lookAhead(_ now: Instant) {
        guard mutant?.side == .timer else { return }
        let (links, subject) = (links, mutant?.message)
        if timer.look(at: node, now, { MutatedTimer.subject($0, links, subject) }) { log.altered(isGood: true) }
    }
    private mutating func hear(
        _ bytes: [UInt8], kind: UInt8?, on link: LinkID, at now: Instant, into out: inout [Action]
    ) {
        call(now, &out) { node, now, out in
            if let number = link.connectionOfChannel {
                Self.pass(.message(number, bytes, isText: true), to: &node, now, &out)
            } else if let kind {
                node.received(bytes.span.bytes, kind: kind, on: link, now: now, &out)
            } else {
                node.received(bytes.span.bytes, on: link, now: now, &out)
            }
        }
    }
    mutating func forget(_ link: LinkID) {
        links[link] = nil
        open.removeAll { $0 == link }
    }

    // MARK: - Alterations

    /// Returns the messages that replace a message, with their links.
    private mutating func altered(
        _ p: MutatedDirection.Piece, by mutant: WireMutant, on link: LinkID, at now: Instant, kind: UInt8? = nil
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
            // This is the other connection that was opened first.
            let isChannel = link.connectionOfChannel != nil
            guard let other = open.first(where: { $0 != link && ($0.connectionOfChannel != nil) == isChannel }) else {
                return [(p.bytes, link)]
            }
            log.altered(isGood: true)
            return [(p.bytes, other)]
        default:
            guard let altered = change?.applied(to: p.bytes, of: type) else { return [(p.bytes, link)] }
            log.altered(isGood: isGood(altered, insteadOf: p.bytes, type))
            return [(altered, link)]
        }
    }
    /// Passes on the actions of the node, with its messages altered.
    private mutating func alter(_ wanted: [Action], _ now: Instant, _ out: inout [Action]) {
        for a in wanted {
            switch a {
            case .send(let link, let bytes): say(bytes, on: link, at: now, into: &out)
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
    mutating func say(_ bytes: [UInt8], on link: LinkID, at now: Instant, into out: inout [Action]) {
        let pieces = links[link]?.said.take(bytes)
        // The form of received messages may depend on the sent ones.
        for p in pieces ?? [] { links[link]?.heard.heard(p) }
        if mutant == nil { gather(pieces ?? [], "says") }
        guard let pieces, let mutant, mutant.side == .says else { return out.append(.send(link, bytes)) }
        // Messages that are sent together on a stream stay together. If a layer carries whole messages, each is sent
        // separately.
        let isStream =
            definition.transport == .tcp && definition.reading.layers?.layers.contains(where: \.carriesMessages) != true
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
            for m in altered(p, by: mutant, on: link, at: now) {
                if m.link == link, isStream {
                    together += m.bytes
                } else {
                    out.append(.send(m.link, m.bytes))
                }
            }
        }
        if !together.isEmpty { out.append(.send(link, together)) }
    }
    /// Returns true if the bytes are a message according to the protocol's descriptions. If the original bytes do not
    /// identify their type, like the bytes after a request on a stream, the new bytes are checked as a message with the
    /// original type.
    private func isGood(_ bytes: [UInt8], insteadOf old: [UInt8], _ type: any Message.Type) -> Bool {
        if var layer = definition.reading.datagrams?.layer(settings) {
            var output = LayerOutput()
            guard case .unit = layer.next(bytes.span.bytes, from: .us, into: &output) else { return false }
            return !output.items.contains { if case .drops = $0 { true } else { false } }
        }
        if let found = framed(bytes) { return found.isGood(bytes) }
        return framed(old) == nil && type.isGood(bytes)
    }
    /// Returns the type that the bytes themselves identify, if they are one whole message.
    private func framed(_ bytes: [UInt8]) -> (any Message.Type)? {
        var framing = definition.reading.framing(settings)
        return framing.only(bytes)
    }
    /// Returns true if an action is one that the timer of the mutant causes.
    private func isSubject(_ action: Action) -> Bool { MutatedTimer.subject(action, links, mutant?.message) }

    // MARK: - Possible alterations

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
