import Node
import Wire

/// One RPC as it is judged: `me` is who sends it, `other` whoever it goes to.
struct HeardTurn {
    private(set) var connection: HeardConnection
    private(set) var findings: [Finding] = []
    private let isClient: Bool
    private let channel: HeardChannel
    let now: Instant
    private let verifies: Bool

    /// What is on its way is over by then, where nothing holds it up.
    static let onItsWay = Duration.seconds(1)
    /// And by then where something does.
    static let heldUp = Duration.seconds(10)
    /// By then a node has said what goes with what it said before.
    static let together = Duration.seconds(3)

    init(_ connection: HeardConnection, _ message: HeardMessage, verifies: Bool) {
        (self.connection, channel, self.verifies) = (connection, message.channel, verifies)
        (isClient, now) = (message.isFromClient, message.time)
        me = connection[isClient] ?? HeardSide(message.channel, nil)
        other = connection[!isClient]
    }
    /// Taken out of the connection while the RPC is judged.
    var me: HeardSide
    /// Nil: it has said nothing here, or says no more.
    var other: HeardSide?
    /// All that both said to each other was seen.
    var isWhole: Bool { !me.isUnsure && other?.isUnsure == false }

    mutating func hear(_ rpc: RPCContent, _ authors: inout HeardAuthors) {
        // Nothing of it is copied while the sides are changed.
        (connection[isClient], connection[!isClient]) = (nil, nil)
        if rpc != RPCContent() { me.rpcs += 1 }
        for subscription in rpc.subscriptions { hear(subscription) }
        for (i, message) in rpc.publish.enumerated() { hear(message, i, &authors) }
        if let control = rpc.control { hear(control) }
        if rpc.testExtension != nil, !me.hasTestExtension, !me.isUnsure {
            tell(.gs102, "test_extension", "its first RPC does not name it")
        }
        judgeOverdue()
        (connection[isClient], connection[!isClient]) = (me, other)
    }
    /// `isSure`: nothing but a fault explains it.
    mutating func tell(_ rule: GossipsubRule, _ path: String, _ text: String, isSure: Bool = true) {
        let severity = isSure ? rule.severity : min(.warning, rule.severity)
        findings.append(Finding(severity, of: rule, path: "rpc." + path, text))
    }
    /// What breaks no rule, and is worth knowing.
    mutating func note(_ path: String, _ text: String) {
        findings.append(Finding(.info, path: "rpc." + path, text))
    }

    // What a node says with something else, or soon behind it

    private mutating func judgeOverdue() {
        func overdue(_ all: [HeardSide.Topic: Instant]) -> [HeardSide.Topic] {
            all.isEmpty
                ? [] : all.filter { now - $0.value > Self.together }.keys.sorted { $0.lexicographicallyPrecedes($1) }
        }
        for topic in overdue(me.leaving) {
            me.leaving[topic] = nil
            if isWhole { tell(.gs54, "control", "no PRUNE for \(Self.text(topic)), which its sender left") }
        }
        for topic in overdue(me.untold) {
            me.untold[topic] = nil
            if !me.isUnsure { tell(.gs50, "subscriptions", "nothing of \(Self.text(topic)), for which GRAFT came") }
        }
    }
    static func text(_ topic: HeardSide.Topic) -> String { String(decoding: topic.prefix(64), as: UTF8.self) }

    // Topics

    private mutating func hear(_ subscription: Subscription) {
        let topic = subscription.topic?.bytes.own ?? []
        if subscription.subscribe == true {
            me.topics[topic] = true
            (me.left[topic], me.untold[topic], me.leaving[topic]) = (nil, nil, nil)
            return
        }
        if me.topics[topic] == true { me.left[topic] = now }
        me.topics[topic] = false
        if me.grafted.removeValue(forKey: topic) != nil { me.leaving[topic] = now }
        other?.grafted[topic] = nil
        if let pruned = me.pruned[topic], now - pruned.at <= Self.onItsWay { me.pruned[topic]?.isLeave = true }
    }

    // Messages

    private mutating func hear(_ message: PublishedMessage, _ i: Int, _ authors: inout HeardAuthors) {
        let heard = HeardPublication(message)
        let place = "publish[\(i)]"
        heard.judge(verifies: verifies) { rule, field, text in
            findings.append(Finding(rule.severity, of: rule, path: "rpc.\(place).\(field)", text))
        }
        guard let id = heard.id else { return }
        if let author = message.from?.own, let number = heard.number {
            switch authors.hear(author, number, heard.content) {
            case .next, .again: break
            case .taken: tell(.gs63, place + ".seqno", "another message of its author has \(number)")
            case .behind(let higher): note(place + ".seqno", "\(number) comes behind \(higher) of the same author")
            }
        }
        let asked = other?.wanted[id] ?? 0
        if var sent = me.sent[id] {
            if isWhole, sent.count > asked, now - sent.at < Self.heldUp {
                tell(.gs65, place, "it went there \(now - sent.at) before")
            }
            (sent.count, sent.at) = (sent.count + 1, now)
            me.sent[id] = sent
        } else {
            me.sent[id] = HeardSide.Sent(at: now)
        }
        guard asked == 0, let other else { return }
        if let came = other.sent[id], now - came.at > Self.onItsWay {
            tell(.gs68, place, "it came from there \(now - came.at) before")
        }
        if let refused = other.unwanted[id], now - refused > .milliseconds(500), now - refused < .seconds(2) {
            tell(.gs98, place, "IDONTWANT came \(now - refused) before")
        }
        guard isWhole else { return }
        judgeTopic(heard.topic, place, other)
    }
    private mutating func judgeTopic(_ topic: HeardSide.Topic, _ place: String, _ other: HeardSide) {
        if let left = other.left[topic] {
            guard now - left > Self.onItsWay else { return }
            return tell(
                .gs51, place + ".topic", "the receiver left it \(now - left) before",
                isSure: now - left > Self.heldUp)
        }
        if other.topics[topic] == nil, other.wished[topic] == nil {
            note(place + ".topic", "the receiver has not told that it has it")
        } else if me.grafted[topic] == nil, other.grafted[topic] == nil, me.version != .floodsub,
            other.version != .floodsub
        {
            note(place, "the receiver is not in the mesh, as far as was seen")
        }
    }

    // Control

    private mutating func hear(_ control: Control) {
        if let extensions = control.extensions { hear(extensions) }
        for (i, graft) in control.graft.enumerated() { hear(graft, i) }
        for (i, prune) in control.prune.enumerated() { hear(prune, i) }
        for (i, ihave) in control.ihave.enumerated() { hear(ihave, i) }
        for (i, iwant) in control.iwant.enumerated() { hear(iwant, i) }
        guard !control.idontwant.isEmpty else { return }
        if let version = me.version, version < .v12 {
            tell(.gs97, "control.idontwant", "this stream does not speak 1.2")
        }
        for id in control.idontwant.flatMap(\.messageIDs) { me.unwanted[id.own ?? []] = now }
    }
    private mutating func hear(_ extensions: ControlExtensions) {
        let path = "control.extensions"
        if let version = me.version, version < .v13 { tell(.gs97, path, "this stream does not speak 1.3") }
        if me.hasExtensions {
            tell(.gs101, path, "they came before")
        } else if me.rpcs > 1, !me.isUnsure {
            tell(.gs101, path, "this is RPC \(me.rpcs) of the stream")
        }
        me.hasExtensions = true
        if extensions.testExtension == true { me.hasTestExtension = true }
    }
    private mutating func hear(_ graft: Graft, _ i: Int) {
        let topic = graft.topic?.bytes.own ?? []
        let path = "control.graft[\(i)]"
        if let pruned = other?.pruned[topic] { judge(behind: pruned, path) }
        if let own = me.pruned[topic], own.isLeave, let seconds = own.seconds,
            now - own.at < Self.wait(seconds)
        {
            tell(.gs76, path, "it left \(now - own.at) before, for \(seconds) s")
        }
        if me.topics[topic] != true, me.untold[topic] == nil { me.untold[topic] = now }
        (me.grafted[topic], me.wished[topic], me.pruned[topic], me.leaving[topic]) = (now, now, nil, nil)
    }
    /// GRAFT behind a PRUNE of the other side.
    private mutating func judge(behind pruned: HeardSide.Pruned, _ path: String) {
        let past = now - pruned.at
        guard past > Self.onItsWay, let theirs = other?.version else { return }
        if let seconds = pruned.seconds {
            // What says a time is of a stream that speaks of times: both sides know what it means.
            guard theirs >= .v11, past < Self.wait(seconds) else { return }
            tell(
                .gs74, path, "PRUNE for \(seconds) s came \(past) before", isSure: past > Self.heldUp)
        } else if theirs >= .v11 || me.version.map({ $0 >= .v11 }) ?? false, past < Self.wait(60) {
            tell(.gs75, path, "PRUNE without a time came \(past) before")
        }
    }
    /// So long somebody waits at least who is told to wait so many seconds, by another clock.
    private static func wait(_ seconds: UInt64) -> Duration {
        let told = Duration.seconds(Int64(clamping: min(seconds, 1 << 30)))
        return told - max(.milliseconds(500), told / 20)
    }
    private mutating func hear(_ prune: Prune, _ i: Int) {
        let topic = prune.topic?.bytes.own ?? []
        let path = "control.prune[\(i)]"
        if me.version == .v10, prune.backoff != nil || !prune.peers.isEmpty {
            tell(.gs97, path, "this stream does not speak 1.1")
        }
        if let version = me.version, version >= .v11, prune.backoff == nil { tell(.gs55, path, "no time") }
        if let version = me.version, version >= .v11, isWhole, me.topics[topic] == nil, me.wished[topic] == nil,
            let wished = other?.wished[topic]
        {
            tell(.gs72, path, "its sender never had the topic for which GRAFT came \(now - wished) before")
        }
        for (n, peer) in prune.peers.prefix(64).enumerated() where verifies {
            if let fault = peer.fault { tell(.gs95, "\(path).peers[\(n)].\(fault.field)", fault.text) }
        }
        let isLeave = me.left[topic].map { now - $0 <= Self.onItsWay } ?? false
        me.pruned[topic] = HeardSide.Pruned(at: now, seconds: prune.backoff, isLeave: isLeave)
        (me.grafted[topic], me.leaving[topic]) = (nil, nil)
        other?.grafted[topic] = nil
    }
    private mutating func hear(_ ihave: IHave, _ i: Int) {
        let topic = ihave.topic?.bytes.own ?? []
        let path = "control.ihave[\(i)].topic"
        if isWhole, let other {
            if let grafted = me.grafted[topic], now - grafted > Self.onItsWay {
                tell(.gs84, path, "the receiver is in the mesh: GRAFT came \(now - grafted) before")
            } else if other.topics[topic] == nil, other.wished[topic] == nil {
                tell(.gs84, path, "the receiver has not told that it has the topic")
            }
        }
        for id in ihave.messageIDs { me.offered.insert(id.own ?? []) }
    }
    private mutating func hear(_ iwant: MessageIDs, _ i: Int) {
        let path = "control.iwant[\(i)].message_ids"
        var (unknown, own) = (0, 0)
        for id in iwant.messageIDs {
            let id = id.own ?? []
            if let other, isWhole {
                if let sent = me.sent[id], now - sent.at < .seconds(30) {
                    own += 1
                } else if !other.offered.contains(id), other.sent[id] == nil {
                    unknown += 1
                }
            }
            me.wanted[id, default: 0] += 1
        }
        if unknown > 0 { tell(.gs86, path, "\(unknown) ids that the other side never offered") }
        if own > 0 { tell(.gs86, path, "\(own) ids of messages that its sender has sent there itself", isSure: false) }
    }
}
