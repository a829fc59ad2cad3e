import Node
import Wire

/// One RPC as it is judged: `me` is who sends it, `other` whoever it goes to; nil where that has said nothing here, or says
/// no more.
struct HeardTurn {
    private(set) var findings: [Finding] = []
    let now: Instant
    /// Whether parts of the RPC own their bytes: signatures are verified then.
    let isOwn: Bool

    /// What is on its way is over by then, where nothing holds it up.
    static let onItsWay = Duration.seconds(1)
    /// And by then where something does.
    static let heldUp = Duration.seconds(10)
    /// By then a node has said what goes with what it said before.
    static let together = Duration.seconds(3)

    init(_ now: Instant, isOwn: Bool) { (self.now, self.isOwn) = (now, isOwn) }

    mutating func hear(
        _ rpc: RPCContent, _ bytes: RawSpan, _ me: inout HeardSide, _ other: inout HeardSide?,
        _ authors: inout HeardAuthors
    ) {
        if bytes.byteCount > 1 { me.rpcs += 1 }
        for subscription in rpc.subscriptions { hear(subscription, bytes, &me, &other) }
        for (i, message) in rpc.publish.enumerated() { hear(message, i, bytes, &me, other, &authors) }
        if let control = rpc.control { hear(control, bytes, &me, &other) }
        if rpc.testExtension != nil, !me.hasTestExtension, !me.isUnsure {
            tell(.gs102, "test_extension", "its first RPC does not name it")
        }
        if !me.leaving.isEmpty || !me.untold.isEmpty { judgeOverdue(&me, isWhole: Self.isWhole(me, other)) }
    }
    /// All that both said to each other was seen.
    private static func isWhole(_ me: HeardSide, _ other: HeardSide?) -> Bool {
        !me.isUnsure && other?.isUnsure == false
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

    private mutating func judgeOverdue(_ me: inout HeardSide, isWhole: Bool) {
        let now = now
        func take(_ all: inout [HeardKey: HeardSide.Due]) -> [String] {
            let overdue = all.filter { now - $0.value.since > Self.together }
            for key in overdue.keys { all[key] = nil }
            return overdue.values.map(\.topic).sorted()
        }
        for topic in take(&me.leaving) where isWhole {
            tell(.gs54, "control", "no PRUNE for \(topic), which its sender left")
        }
        for topic in take(&me.untold) where !me.isUnsure {
            tell(.gs50, "subscriptions", "nothing of \(topic), for which GRAFT came")
        }
    }
    private func due(_ topic: Text?, _ bytes: RawSpan) -> HeardSide.Due {
        let text = topic?.bytes.array(in: bytes).prefix(64) ?? []
        return HeardSide.Due(since: now, topic: String(decoding: text, as: UTF8.self))
    }

    // Topics

    private mutating func hear(
        _ subscription: Subscription, _ bytes: RawSpan, _ me: inout HeardSide, _ other: inout HeardSide?
    ) {
        let topic = HeardKey(subscription.topic?.bytes, in: bytes)
        if subscription.subscribe == true {
            me.topics[topic] = true
            (me.left[topic], me.untold[topic], me.leaving[topic]) = (nil, nil, nil)
            return
        }
        if me.topics[topic] == true { me.left[topic] = now }
        me.topics[topic] = false
        if me.grafted.removeValue(forKey: topic) != nil {
            me.leaving[topic] = due(subscription.topic, bytes)
        }
        other?.grafted[topic] = nil
        if let pruned = me.pruned[topic], now - pruned.at <= Self.onItsWay { me.pruned[topic]?.isLeave = true }
    }

    // Messages

    private mutating func hear(
        _ message: PublishedMessage, _ i: Int, _ bytes: RawSpan, _ me: inout HeardSide, _ other: HeardSide?,
        _ authors: inout HeardAuthors
    ) {
        let heard = HeardPublication(message, in: bytes)
        let place = "publish[\(i)]"
        heard.judge(isOwn: isOwn) { rule, field, text in
            findings.append(Finding(rule.severity, of: rule, path: "rpc.\(place).\(field)", text))
        }
        guard let id = heard.id else { return }
        switch authors.hear(heard.author(in: bytes), heard.number, heard.content(in: bytes)) {
        case .next, .again: break
        case .taken: tell(.gs63, place + ".seqno", "another message of its author has \(heard.number)")
        case .behind(let higher): note(place + ".seqno", "\(heard.number) comes behind \(higher) of the same author")
        }
        let isWhole = Self.isWhole(me, other)
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
        judgeTopic(heard.topic, place, me, other)
    }
    private mutating func judgeTopic(_ topic: HeardKey, _ place: String, _ me: HeardSide, _ other: HeardSide) {
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

    private mutating func hear(
        _ control: Control, _ bytes: RawSpan, _ me: inout HeardSide, _ other: inout HeardSide?
    ) {
        if let extensions = control.extensions { hear(extensions, &me) }
        for (i, graft) in control.graft.enumerated() { hear(graft, i, bytes, &me, other) }
        for (i, prune) in control.prune.enumerated() { hear(prune, i, bytes, &me, &other) }
        for (i, ihave) in control.ihave.enumerated() { hear(ihave, i, bytes, &me, other) }
        for (i, iwant) in control.iwant.enumerated() { hear(iwant, i, bytes, &me, other) }
        guard !control.idontwant.isEmpty else { return }
        if let version = me.version, version < .v12 {
            tell(.gs97, "control.idontwant", "this stream does not speak 1.2")
        }
        for id in control.idontwant.flatMap(\.messageIDs) { me.unwanted[HeardKey(id, in: bytes)] = now }
    }
    private mutating func hear(_ extensions: ControlExtensions, _ me: inout HeardSide) {
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
    private mutating func hear(
        _ graft: Graft, _ i: Int, _ bytes: RawSpan, _ me: inout HeardSide, _ other: HeardSide?
    ) {
        let topic = HeardKey(graft.topic?.bytes, in: bytes)
        let path = "control.graft[\(i)]"
        if let other, let pruned = other.pruned[topic] { judge(behind: pruned, path, me.version, other.version) }
        if let own = me.pruned[topic], own.isLeave, let seconds = own.seconds,
            now - own.at < Self.wait(seconds)
        {
            tell(.gs76, path, "it left \(now - own.at) before, for \(seconds) s")
        }
        if me.topics[topic] != true, me.untold[topic] == nil { me.untold[topic] = due(graft.topic, bytes) }
        (me.grafted[topic], me.wished[topic], me.pruned[topic], me.leaving[topic]) = (now, now, nil, nil)
    }
    /// GRAFT behind a PRUNE of the other side.
    private mutating func judge(
        behind pruned: HeardSide.Pruned, _ path: String, _ ours: HeardVersion?, _ theirs: HeardVersion?
    ) {
        let past = now - pruned.at
        guard past > Self.onItsWay, let theirs else { return }
        if let seconds = pruned.seconds {
            // What says a time is of a stream that speaks of times: both sides know what it means.
            guard theirs >= .v11, past < Self.wait(seconds) else { return }
            tell(
                .gs74, path, "PRUNE for \(seconds) s came \(past) before", isSure: past > Self.heldUp)
        } else if theirs >= .v11 || ours.map({ $0 >= .v11 }) ?? false, past < Self.wait(60) {
            tell(.gs75, path, "PRUNE without a time came \(past) before")
        }
    }
    /// So long somebody waits at least who is told to wait so many seconds, by another clock.
    private static func wait(_ seconds: UInt64) -> Duration {
        let told = Duration.seconds(Int64(clamping: min(seconds, 1 << 30)))
        return told - max(.milliseconds(500), told / 20)
    }
    private mutating func hear(
        _ prune: Prune, _ i: Int, _ bytes: RawSpan, _ me: inout HeardSide, _ other: inout HeardSide?
    ) {
        let topic = HeardKey(prune.topic?.bytes, in: bytes)
        let path = "control.prune[\(i)]"
        if me.version == .v10, prune.backoff != nil || !prune.peers.isEmpty {
            tell(.gs97, path, "this stream does not speak 1.1")
        }
        if let version = me.version, version >= .v11, prune.backoff == nil { tell(.gs55, path, "no time") }
        if let version = me.version, version >= .v11, Self.isWhole(me, other), me.topics[topic] == nil,
            me.wished[topic] == nil,
            let wished = other?.wished[topic]
        {
            tell(.gs72, path, "its sender never had the topic for which GRAFT came \(now - wished) before")
        }
        for (n, peer) in prune.peers.prefix(64).enumerated() where isOwn {
            if let fault = peer.fault { tell(.gs95, "\(path).peers[\(n)].\(fault.field)", fault.text) }
        }
        let isLeave = me.left[topic].map { now - $0 <= Self.onItsWay } ?? false
        me.pruned[topic] = HeardSide.Pruned(at: now, seconds: prune.backoff, isLeave: isLeave)
        (me.grafted[topic], me.leaving[topic]) = (nil, nil)
        other?.grafted[topic] = nil
        other?.leaving[topic] = nil
    }
    private mutating func hear(
        _ ihave: IHave, _ i: Int, _ bytes: RawSpan, _ me: inout HeardSide, _ other: HeardSide?
    ) {
        let topic = HeardKey(ihave.topic?.bytes, in: bytes)
        let path = "control.ihave[\(i)].topic"
        if let other, Self.isWhole(me, other) {
            if let grafted = me.grafted[topic], now - grafted > Self.onItsWay {
                tell(.gs84, path, "the receiver is in the mesh: GRAFT came \(now - grafted) before")
            } else if other.topics[topic] == nil, other.wished[topic] == nil {
                tell(.gs84, path, "the receiver has not told that it has the topic")
            }
        }
        for id in ihave.messageIDs { me.offered.insert(HeardKey(id, in: bytes)) }
    }
    private mutating func hear(
        _ iwant: MessageIDs, _ i: Int, _ bytes: RawSpan, _ me: inout HeardSide, _ other: HeardSide?
    ) {
        let path = "control.iwant[\(i)].message_ids"
        var (unknown, own) = (0, 0)
        for id in iwant.messageIDs {
            let id = HeardKey(id, in: bytes)
            if let other, Self.isWhole(me, other) {
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
