internal import Capture
internal import Node
internal import Scenario
internal import Wire

/// A writer of the steps of a scenario from the recorded events, one event after the other.
struct ScenarioWriter {
    let traffic: RecordedTraffic
    let definition: Definition
    let rules: RecordingRules
    let settings: Settings
    let cast: Cast
    let options: RecordingOptions
    var bindings: Bindings
    /// The last values of fields that signatures cover.
    var lastValues: [FieldKey: Value] = [:]
    /// The variables that hold the numbers in requests of the node. Our answers use them.
    var requests: [ValueUses.Answer: Int] = [:]
    /// The positions at which played actors send values from the node.
    let uses: ValueUses
    /// The fields that each sent message must be given; nil for messages that fields cannot produce. The second pass
    /// uses the result of the first one.
    var kept: [KeptFields.Message: KeptFields?] = [:]
    /// The default values of fields that a message need not name, in `expect` (`defaults`) and in `send`
    /// (`sentDefaults`).
    let defaults: Value
    let sentDefaults: Value
    private var shapes: [ObjectIdentifier: [FieldInfo]] = [:]
    /// The first record of each connection.
    private(set) var beginnings: [Int: Int] = [:]
    var steps: StepsText
    /// The omissions to report in comments above the next step or at the end of the file.
    var omissions: [String] = []
    private(set) var losses: [String] = []
    /// The requirements that steps claim.
    var claims: [String] = []
    /// The names of open links, by connection, and in `channelLinks` by channel.
    var links: [Int: String] = [:]
    var channelLinks: [ChannelKey: String] = [:]
    /// The senders in each channel.
    let channels: [ChannelKey: ChannelUse]
    /// The connections that have ended, and in `undecodable` those on which the node sent bytes that are not a message.
    var ended: Set<Int> = []
    var undecodable: Set<Int> = []
    /// The messages that played actors sent on a connection.
    var asked: Set<FieldKey> = []
    /// The time of the last event that has a step.
    var last: Timestamp?
    /// The total length of the pauses written so far, and in `cut` the number and length of the cuts.
    var paused = Duration.zero
    var cut = (pauses: 0, time: Duration.zero)
    /// The time of the last message from a played actor without any later event on the connection, by connection.
    var unanswered: [Int: Timestamp] = [:]
    /// The connections that the node ended together after the last message.
    let stopped: Set<Int>
    /// The number of messages that are left to the defaults.
    var ignored = 0
    /// The values that messages with variable order introduce, while their steps are made; nil at other times.
    var together: Set<Value>?

    init(
        _ traffic: RecordedTraffic, settings: Settings, cast: Cast, options: RecordingOptions,
        uses: ValueUses, variables: Variables
    ) {
        self.traffic = traffic
        definition = traffic.definition
        rules = traffic.definition.recording
        self.settings = settings
        self.cast = cast
        self.options = options
        self.uses = uses
        defaults = definition.playing.defaults(settings)
        // A case draws these values anew each time, so the file must contain the values of the capture.
        var random = Random(seed: 0)
        sentDefaults = definition.defaults(settings, drawn: definition.playing.drawn(&random))
        bindings = Bindings(variables)
        steps = StepsText(options.limits, variables.isFinal ? .count(kept: options.kept) : .draft)
        channels = Self.channels(traffic)
        stopped = Self.stopped(traffic.events)
        for c in definition.playing.constants(settings) where c.value.isTelling {
            bindings.bind(c.value, .fixed(c.key))
        }
        for a in cast.actors { if let key = a.key { bindings.bind(.bytes(key), .fixed("\(a.name).public")) } }
        for a in cast.actors { if let s = a.sender { bindings.bind(.bytes(s.id), .fixed("\(a.name).id")) } }
        if let s = cast.node { bindings.bind(.bytes(s.id), .fixed("node.id")) }
        for (i, key) in cast.others.enumerated() { bindings.bind(.bytes(key), .fixed("\(Cast.pair(i)).public")) }
        for e in traffic.events where e.number > 0 && beginnings[e.flow] == nil { beginnings[e.flow] = e.number }
    }
    /// Returns the fields that a message can have.
    mutating func shape(_ type: any Message.Type) -> [FieldInfo] {
        if let known = shapes[ObjectIdentifier(type)] { return known }
        let all = type.describe()
        shapes[ObjectIdentifier(type)] = all
        return all
    }
    /// Returns the connections that a node ends when it is stopped: two or more at the end of the capture, within one
    /// second.
    static func stopped(_ events: [RecordedEvent]) -> Set<Int> {
        var out: [RecordedEvent] = []
        for e in events.reversed() {
            guard case .closed = e.what else { break }
            if !e.isOurs { out.append(e) }
        }
        guard out.count > 1, let first = out.last, let last = out.first, gap(first.time, last.time) <= .seconds(1)
        else {
            return []
        }
        return Set(out.map(\.flow))
    }
    /// Returns the name of the key pair of a played actor's key.
    func pair(of key: [UInt8]) -> String? {
        cast.pairs[key]
    }
    static func link(_ i: Int) -> String { i < 6 ? ["c", "d", "e", "f", "g", "h"][i] : "link_\(i + 1)" }

    /// Returns whether a played actor sent a value earlier, so that the node has it from there.
    func wasSaid(_ value: Value, before index: Int) -> Bool {
        if uses.isUsed(value, before: index) { return true }
        guard case .text(let text) = value, !text.isEmpty else { return false }
        return traffic.flows.values.contains { !$0.isOpenedByNode && $0.target?.contains(text) ?? false }
    }

    // Steps

    /// Makes all steps. If the text is requested in parts, `take` receives them.
    mutating func write(_ take: (StepsPart) -> Void = { _ in }) {
        if !cast.others.isEmpty {
            steps.add(
                StepText(
                    "let", .map(cast.others.indices.map { (Cast.pair($0), .expression("key('\(Cast.pair($0))')")) })))
        }
        for flow in traffic.silent {
            omissions.append("not here: connection \(flow), which has no message of \(definition.name)")
        }
        for (flow, layer) in traffic.unread.sorted(by: { $0.key < $1.key }) {
            omissions.append(
                "not here: connection \(flow), which cannot be read above \(layer) (give its keys with --keylog)")
        }
        var i = 0
        while i < traffic.events.count {
            let e = traffic.events[i]
            if let end = burst(i) {
                write(burst: i..<end)
                i = end
                steps.take().forEach(take)
                continue
            }
            var end = i + 1
            if e.isOurs, e.isSaid {
                // Messages in one packet were sent at once.
                while end < traffic.events.count, traffic.events[end].isSaid, traffic.events[end].isOurs,
                    traffic.events[end].flow == e.flow, traffic.events[end].channel == e.channel,
                    traffic.events[end].frames.last == e.frames.last
                {
                    end += 1
                }
            }
            write(i..<end)
            i = end
            steps.take().forEach(take)
        }
        for flow in traffic.flows.keys.sorted() where links[flow] != nil && !ended.contains(flow) {
            stays(open: flow, until: traffic.tally.end)
        }
        if cut.pauses > 0 {
            let pauses = "\(cut.pauses) pause\(cut.pauses == 1 ? "" : "s")"
            omissions.append(
                "\(pauses) cut short, by \(cut.time.spoken) in all: --max-wait TIME sets the longest pause")
        }
        if !omissions.isEmpty { losses += omissions }
        // A list of steps must not be empty.
        if steps.count == 0 { steps.add(StepText("wait", .word("1ms"))) }
        steps.finish(omissions)
        steps.take().forEach(take)
    }
    mutating func write(_ range: Range<Int>) {
        let (i, e) = (range.lowerBound, traffic.events[range.lowerBound])
        if ended.contains(e.flow) {
            if e.isSaid { lose("after the connection ended, which no step can expect or send", e) }
            return
        }
        switch e.what {
        case .closed(let isReset): close(i, isReset)
        case .lost(let why): lose("\(e.length) bytes that are not complete in the capture (\(why))", e)
        case .elsewhere(let path):
            lose("\(e.length) bytes in the channel \(path), which steps with `stream` may open", e)
        case .bytes where !e.isOurs:
            _ = begin(e)
            if undecodable.insert(e.flow).inserted {
                lose(
                    "\(e.length) bytes from the node that are not a message, which no pattern can match; its later messages "
                        + "are not expected", e)
            }
        case .message(let message) where !e.isOurs:
            let fields = message.fields
            if undecodable.contains(e.flow) {
                lose("\(message.name), which came after bytes that are not a message", e)
            } else {
                expect(i, message, fields)
            }
            remember(message, fields, e)
        default: send(range)
        }
    }
    /// Stores the last values that signatures need.
    mutating func remember(_ message: RecordedMessage, _ fields: Value, _ e: RecordedEvent) {
        if e.isOurs { asked.insert(FieldKey(flow: e.flow, isOurs: true, path: message.name)) }
        for rule in rules.signatures {
            for case .heard(let path) in rule.over {
                guard let value = fields.at(path, of: message.name) else { continue }
                lastValues[FieldKey(flow: e.flow, isOurs: e.isOurs, path: path)] = value
            }
        }
    }
    /// Records an omission that no step can express.
    private mutating func lose(_ what: String, _ e: RecordedEvent) {
        omissions.append("not here: #\(e.number) \(e.frameText), \(what)")
    }
    mutating func add(_ step: StepText, _ comments: [String] = []) {
        var step = step
        step.comments = omissions + comments
        losses += omissions
        omissions = []
        steps.add(step)
    }
    func comment(_ e: RecordedEvent) -> [String] {
        let who = traffic.flows[e.flow].map { e.isOurs ? $0.ours : $0.theirs }.map { " from \($0)" } ?? ""
        return ["#\(e.number) \(e.frameText) \(e.since)\(who)"]
            + e.notes.filter { $0.severity > .info }.map { n in
                let rule = n.requirement.map { " \($0)" } ?? ""
                return "\(n.severity.rawValue)\(rule): \(Printable.text(n.text))"
            }
    }
    /// Adds a wait for the time that passed before a played actor sent something.
    mutating func pause(_ e: RecordedEvent) {
        guard let last else { return }
        var gap = Self.gap(last, e.time)
        if let longest = options.longestWait { gap = min(gap, longest) }
        if let all = options.longestInAll {
            let whole = Self.gap(last, e.time)
            gap = min(gap, max(.zero, all - paused))
            if gap < whole { cut = (cut.pauses + 1, cut.time + (whole - gap)) }
        }
        paused = paused + gap
        guard gap >= .milliseconds(250) else { return }
        add(StepText("wait", .word(Self.rounded(gap).text)))
    }
    static func gap(_ a: Timestamp, _ b: Timestamp) -> Duration {
        let (difference, over) = b.nanoseconds.subtractingReportingOverflow(a.nanoseconds)
        return .nanoseconds(over ? 0 : max(0, difference))
    }
    /// Rounds a duration for people: to 50 ms below 1 s, to 500 ms below 10 s, otherwise to 1 s.
    static func rounded(_ d: Duration) -> Duration {
        let ms = d.nanoseconds / 1_000_000
        let unit: Int64 = ms < 1000 ? 50 : ms < 10_000 ? 500 : 1000
        return .milliseconds(max(unit, (ms + unit / 2) / unit * unit))
    }
    /// Returns the time to wait for a message that arrived after `d`: the next step above three times that, from 5 s to
    /// 2 h.
    static func window(_ d: Duration) -> Duration {
        let wanted = d.nanoseconds / 1_000_000_000 * 3
        let steps: [Int64] = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600]
        return .seconds(steps.first { $0 > wanted } ?? 7200)
    }
}
