import Node
import Wire

/// The judgement of one RPC. `me` is the side that sends it, `other` the side that receives it. A side that has sent
/// nothing yet, or whose stream has ended, is unsure.
struct HeardTurn {
    private(set) var findings: [Finding] = []
    let now: Instant
    /// True if parts of the RPC own their bytes, so that signatures are verified.
    let isOwn: Bool

    /// The time after which a message in transit has arrived if nothing delays it.
    static let onItsWay = Duration.seconds(1)
    /// The time after which a message in transit has arrived even if something delays it.
    static let heldUp = Duration.seconds(10)
    /// The time within which a node sends the messages that must accompany an earlier one.
    static let together = Duration.seconds(3)

    init(_ now: Instant, isOwn: Bool) { (self.now, self.isOwn) = (now, isOwn) }

    mutating func hear(
        _ rpc: RPCContent, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide,
        authors: inout HeardAuthors
    ) {
        if bytes.byteCount > 1 { me.rpcs += 1 }
        for subscription in rpc.subscriptions { hear(subscription, in: bytes, from: &me, to: &other) }
        for (i, message) in rpc.publish.enumerated() {
            hear(message, at: i, in: bytes, from: &me, to: &other, authors: &authors)
        }
        if let control = rpc.control { hear(control, in: bytes, from: &me, to: &other) }
        if rpc.testExtension != nil, !me.hasTestExtension, !me.isUnsure {
            tell(.gs102, "test_extension", "the node did not announce it in its first RPC")
        }
        if !me.leaving.isEmpty || !me.untold.isEmpty {
            judgeOverdue(&me, isWhole: !me.isUnsure && !other.isUnsure)
        }
    }
    /// Adds a finding. `isSure`: only a fault of the node explains it; otherwise it is at most a warning.
    mutating func tell(_ rule: GossipsubRule, _ path: String, _ text: String, isSure: Bool = true) {
        let severity = isSure ? rule.severity : min(.warning, rule.severity)
        findings.append(Finding(severity, of: rule, path: "rpc." + path, text))
    }
    /// Adds a finding that breaks no rule but is worth knowing.
    mutating func note(_ path: String, _ text: String) {
        findings.append(Finding(.info, path: "rpc." + path, text))
    }

    // Messages that a node must send together with others, or soon after them

    private mutating func judgeOverdue(_ me: inout HeardSide, isWhole: Bool) {
        let now = now
        func take(_ all: inout [HeardKey: HeardSide.Due]) -> [String] {
            let overdue = all.filter { now - $0.value.since > Self.together }
            for key in overdue.keys { all[key] = nil }
            return overdue.values.map(\.topic).sorted()
        }
        for topic in take(&me.leaving) where isWhole {
            tell(.gs54, "control", "the node left \(topic) and sent no PRUNE")
        }
        for topic in take(&me.untold) where !me.isUnsure {
            tell(.gs50, "subscriptions", "the node sent GRAFT for \(topic) and did not announce it")
        }
    }
    private func due(_ topic: Text?, _ bytes: RawSpan) -> HeardSide.Due {
        let text = topic?.bytes.array(in: bytes).prefix(64) ?? []
        return HeardSide.Due(since: now, topic: String(decoding: text, as: UTF8.self))
    }

    // Topics

    private mutating func hear(
        _ subscription: Subscription, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        let topic = HeardKey(subscription.topic?.bytes, in: bytes)
        var mine = me.topics[topic] ?? HeardSide.Topic()
        defer { me.topics[topic] = mine }
        if subscription.subscribe == true {
            (mine.isTold, mine.left) = (true, nil)
            (me.untold[topic], me.leaving[topic]) = (nil, nil)
            return
        }
        if mine.isTold == true { mine.left = now }
        mine.isTold = false
        if mine.grafted != nil {
            mine.grafted = nil
            me.leaving[topic] = due(subscription.topic, bytes)
        }
        other.topics[topic]?.grafted = nil
        if let pruned = mine.pruned, now - pruned.at <= Self.onItsWay { mine.pruned?.isLeave = true }
    }

    // Messages

    private mutating func hear(
        _ message: PublishedMessage, at i: Int, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide,
        authors: inout HeardAuthors
    ) {
        let heard = HeardPublication(message, in: bytes)
        heard.judge(isOwn: isOwn) { rule, field, text in
            findings.append(Finding(rule.severity, of: rule, path: "rpc.publish[\(i)].\(field)", text))
        }
        guard let id = heard.id else { return }
        switch authors.hear(heard.author(in: bytes), number: heard.number, id: id, heard.content(in: bytes)) {
        case .next, .again: break
        case .taken: tell(.gs63, "publish[\(i)].seqno", "another message of its author has \(heard.number)")
        case .behind(let higher):
            note("publish[\(i)].seqno", "\(heard.number) comes after \(higher) of the same author")
        }
        let isWhole = !me.isUnsure && !other.isUnsure
        let theirs = other.messages[id] ?? HeardSide.Message()
        let (sent, count) = me.messages[id, default: HeardSide.Message()].send(now)
        if let sent, isWhole, count > theirs.wanted, now - sent < Self.heldUp {
            tell(.gs65, "publish[\(i)]", "the node sent it to this peer \(now - sent) before")
        }
        guard theirs.wanted == 0 else { return }
        if let came = theirs.sent, now - came > Self.onItsWay {
            tell(.gs68, "publish[\(i)]", "the receiver sent it \(now - came) before")
        }
        if let refused = theirs.unwanted, now - refused > .milliseconds(500), now - refused < .seconds(2) {
            tell(.gs98, "publish[\(i)]", "the receiver sent IDONTWANT \(now - refused) before")
        }
        guard isWhole else { return }
        let hasMesh = me.version != .floodsub && other.version != .floodsub
        judgeTopic(me.topics[heard.topic], other.topics[heard.topic], i, hasMesh: hasMesh)
    }
    private mutating func judgeTopic(
        _ mine: HeardSide.Topic?, _ theirs: HeardSide.Topic?, _ i: Int, hasMesh: Bool
    ) {
        if let left = theirs?.left {
            guard now - left > Self.onItsWay else { return }
            tell(
                .gs51, "publish[\(i)].topic", "the receiver left it \(now - left) before",
                isSure: now - left > Self.heldUp)
        } else if theirs?.isKnown != true {
            note("publish[\(i)].topic", "the receiver has not announced the topic")
        } else if mine?.grafted == nil, theirs?.grafted == nil, hasMesh {
            note("publish[\(i)]", "the receiver is not in the mesh, as far as the capture shows")
        }
    }

    // Control

    private mutating func hear(
        _ control: Control, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        if let extensions = control.extensions { hear(extensions, &me) }
        for (i, graft) in control.graft.enumerated() { hear(graft, at: i, in: bytes, from: &me, to: &other) }
        for (i, prune) in control.prune.enumerated() { hear(prune, at: i, in: bytes, from: &me, to: &other) }
        for (i, ihave) in control.ihave.enumerated() { hear(ihave, at: i, in: bytes, from: &me, to: &other) }
        for (i, iwant) in control.iwant.enumerated() { hear(iwant, at: i, in: bytes, from: &me, to: &other) }
        guard !control.idontwant.isEmpty else { return }
        if let version = me.version, version < .v12 {
            tell(.gs97, "control.idontwant", "the version of this stream is below 1.2")
        }
        for ids in control.idontwant {
            for id in ids.messageIDs {
                me.messages[HeardKey(id, in: bytes), default: HeardSide.Message()].unwanted = now
            }
        }
    }
    private mutating func hear(_ extensions: ControlExtensions, _ me: inout HeardSide) {
        let path = "control.extensions"
        if let version = me.version, version < .v13 { tell(.gs97, path, "the version of this stream is below 1.3") }
        if me.hasExtensions {
            tell(.gs101, path, "the node has already sent them")
        } else if me.rpcs > 1, !me.isUnsure {
            tell(.gs101, path, "this is RPC \(me.rpcs) of the stream")
        }
        me.hasExtensions = true
        if extensions.testExtension == true { me.hasTestExtension = true }
    }
    private mutating func hear(
        _ graft: Graft, at i: Int, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        let topic = HeardKey(graft.topic?.bytes, in: bytes)
        let path = "control.graft[\(i)]"
        if let pruned = other.topics[topic]?.pruned { judge(behind: pruned, path, me.version, other.version) }
        var mine = me.topics[topic] ?? HeardSide.Topic()
        if let own = mine.pruned, own.isLeave, let seconds = own.seconds,
            now - own.at < Self.wait(seconds)
        {
            tell(.gs76, path, "the node left the topic \(now - own.at) before, with a backoff of \(seconds) s")
        }
        if mine.isTold != true, me.untold[topic] == nil { me.untold[topic] = due(graft.topic, bytes) }
        // A PRUNE of the other side may have crossed this GRAFT in transit. Then one cancels the other.
        let crossed = [other.topics[topic]?.pruned?.at, other.topics[topic]?.left].contains { at in
            at.map { now - $0 <= Self.heldUp } ?? false
        }
        (mine.grafted, mine.wished, mine.pruned) = (crossed ? nil : now, now, nil)
        me.topics[topic] = mine
        me.leaving[topic] = nil
    }
    /// Judges a GRAFT that follows a PRUNE of the other side.
    private mutating func judge(
        behind pruned: HeardSide.Pruned, _ path: String, _ ours: HeardVersion?, _ theirs: HeardVersion?
    ) {
        let past = now - pruned.at
        guard past > Self.onItsWay, let theirs else { return }
        if let seconds = pruned.seconds {
            // A PRUNE has a time only on a stream of 1.1 or later, where both sides know what the time means.
            guard theirs >= .v11, past < Self.wait(seconds) else { return }
            tell(
                .gs74, path, "the receiver sent PRUNE for \(seconds) s \(past) before", isSure: past > Self.heldUp)
        } else if theirs >= .v11 || ours.map({ $0 >= .v11 }) ?? false, past < Self.wait(60) {
            tell(.gs75, path, "the receiver sent PRUNE without a backoff \(past) before")
        }
    }
    /// Returns the minimum time that a peer waits if it must wait for `seconds`. The peer's clock may differ, so this
    /// is 5 % less, and at least 500 ms less.
    private static func wait(_ seconds: UInt64) -> Duration {
        let told = Duration.seconds(Int64(clamping: min(seconds, 1 << 30)))
        return told - max(.milliseconds(500), told / 20)
    }
    private mutating func hear(
        _ prune: Prune, at i: Int, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        let topic = HeardKey(prune.topic?.bytes, in: bytes)
        let path = "control.prune[\(i)]"
        if me.version == .v10, prune.backoff != nil || !prune.peers.isEmpty {
            tell(.gs97, path, "the version of this stream is below 1.1")
        }
        if let version = me.version, version >= .v11, prune.backoff == nil {
            tell(.gs55, path, "the PRUNE has no backoff")
        }
        var mine = me.topics[topic] ?? HeardSide.Topic()
        if let version = me.version, version >= .v11, !me.isUnsure, !other.isUnsure, !mine.isKnown,
            let wished = other.topics[topic]?.wished
        {
            tell(.gs72, path, "the node never had the topic; GRAFT for it came \(now - wished) before")
        }
        for (n, peer) in prune.peers.prefix(64).enumerated() where isOwn {
            if let fault = peer.fault { tell(.gs95, "\(path).peers[\(n)].\(fault.field)", fault.text) }
        }
        let isLeave = mine.left.map { now - $0 <= Self.onItsWay } ?? false
        mine.pruned = HeardSide.Pruned(at: now, seconds: prune.backoff, isLeave: isLeave)
        mine.grafted = nil
        me.topics[topic] = mine
        me.leaving[topic] = nil
        other.topics[topic]?.grafted = nil
        other.leaving[topic] = nil
    }
    private mutating func hear(
        _ ihave: IHave, at i: Int, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        let topic = HeardKey(ihave.topic?.bytes, in: bytes)
        if !me.isUnsure, !other.isUnsure {
            if let grafted = me.topics[topic]?.grafted, now - grafted > Self.onItsWay {
                let past = now - grafted
                tell(
                    .gs84, "control.ihave[\(i)].topic",
                    "the receiver is in the mesh: the node sent GRAFT \(past) before")
            } else if other.topics[topic]?.isKnown != true {
                tell(.gs84, "control.ihave[\(i)].topic", "the receiver has not announced the topic")
            }
        }
        for id in ihave.messageIDs {
            me.messages[HeardKey(id, in: bytes), default: HeardSide.Message()].isOffered = true
        }
    }
    private mutating func hear(
        _ iwant: IWant, at i: Int, in bytes: RawSpan, from me: inout HeardSide, to other: inout HeardSide
    ) {
        let isWhole = !me.isUnsure && !other.isUnsure
        var (unknown, own) = (0, 0)
        for id in iwant.messageIDs {
            let id = HeardKey(id, in: bytes)
            let sent = me.messages[id, default: HeardSide.Message()].want()
            guard isWhole else { continue }
            if let sent, now - sent < .seconds(30) {
                own += 1
            } else if let theirs = other.messages[id], theirs.isOffered || theirs.sent != nil {
                continue
            } else {
                unknown += 1
            }
        }
        let path = unknown + own > 0 ? "control.iwant[\(i)].message_ids" : ""
        if unknown > 0 { tell(.gs86, path, "it asks for \(unknown) ids that the other side never offered") }
        if own > 0 {
            tell(.gs86, path, "it asks for \(own) ids of messages that the node has sent itself", isSure: false)
        }
    }
}
