internal import Capture
internal import Node
internal import Scenario
internal import Wire

extension ScenarioWriter {
    /// Returns the scenario of the recorded traffic.
    static func recording(_ traffic: RecordedTraffic, _ options: RecordingOptions) throws(RecordingError) -> Recording {
        guard let guess = SettingsGuess(traffic) else { throw .tooLong(traffic.events.count) }
        let cast = Cast(traffic)
        let settings = guess.settings
        var taken = Set(cast.actors.map(\.name) + ["node"] + cast.others.indices.map(Cast.pair))
        taken.formUnion((0..<(traffic.flows.count + channels(traffic).count)).map(link))
        taken.formUnion(traffic.definition.playing.constants(settings).map(\.key))
        taken.formUnion(traffic.definition.playing.durations(settings).map(\.name))
        taken.formUnion(["true", "false", "null"])
        let uses = ValueUses(traffic)
        func draft() -> (variables: Variables, kept: [KeptFields.Message: KeptFields?]) {
            var first = ScenarioWriter(
                traffic, settings: settings, cast: cast, options: options, uses: uses,
                variables: Variables(taken: taken))
            first.write()
            return (first.bindings.variables, first.kept)
        }
        let known = draft()
        var writer = ScenarioWriter(
            traffic, settings: settings, cast: cast, options: options, uses: uses,
            variables: Variables(after: known.variables))
        writer.kept = known.kept
        // The text of a long scenario is made on request.
        var maker = writer
        maker.steps.purpose = .text
        writer.write()
        if writer.steps.nodes > options.limits.nodes { throw writer.tooLarge(.nodes) }
        if writer.steps.isCut ? writer.isTooLarge(writer.steps.bytes) : writer.isTooLarge(writer.steps.size) {
            throw writer.tooLarge(.bytes)
        }
        return writer.document(guess, maker: writer.steps.isCut ? maker : nil)
    }
    /// Returns whether text of the steps, with the head above it, is larger than a file may be.
    func isTooLarge(_ size: Int) -> Bool { size > options.limits.size * 99 / 100 }
    /// Returns the error for a scenario that is too large, with the last message that fits.
    func tooLarge(_ measure: RecordingError.Measure, _ size: Int? = nil) -> RecordingError {
        let event = steps.longest?.event
        let isNodes = measure == .nodes
        let limit = isNodes ? options.limits.nodes : options.limits.size
        return .tooLarge(
            measure, size ?? (isNodes ? steps.nodes : steps.bytes), limit: limit,
            fitting: steps.fitting.map { traffic.events[$0].number } ?? 0,
            most: .init(
                number: event.map { traffic.events[$0].number } ?? 0, name: event.flatMap(origin)?.name ?? "a message",
                flow: event.map { traffic.events[$0].flow } ?? 0,
                count: (isNodes ? steps.longest?.nodes : steps.longest?.bytes) ?? 0))
    }
    /// The maximum number of node addresses in the title and the comments.
    private static let named = 8

    private func document(_ guess: SettingsGuess, maker: ScenarioWriter?) -> Recording {
        let id = options.id ?? "\(definition.name).recorded.\(Self.slug(traffic.name))"
        let all = Set(traffic.flows.values.map(\.theirs)).sorted()
        let nodes =
            all.prefix(Self.named).map(\.description).joined(separator: ", ")
            + (all.count > Self.named ? " and \(all.count - Self.named) more" : "")
        let name = Printable.text(traffic.name)
        var recorded = RecordedScenario(capture: name)
        // The default profile may not fit.
        let preset = try? definition.settings().profile
        recorded.set(settings, definition)
        if preset.map(guess.profiles.contains) == true { recorded.profile = nil }
        if steps.expectations == 0 {
            let first = losses.first.map { "; \($0)" } ?? ""
            recorded.skip = "the capture has no message of the node that a step can expect\(first)"
        }
        var comments = ["Recorded from \(name): \(traffic.tally.packets) packets"]
        if let start = traffic.tally.start, let end = traffic.tally.end { comments[0] += ", \(start) to \(end)" }
        comments[0] += "."
        comments.append("The node under test is \(nodes) of the capture; all others are played.")
        let messages = traffic.events.count { $0.number > 0 }
        comments.append("\(messages) messages, \(ignored) of them unasked: `defaults` handles them.")
        var lines = ["id: \(QuotedScalar.text(id))"]
        lines.append("title: \(QuotedScalar.text("Messages of \(nodes) in \(name)"))")
        lines.append("protocol: \(definition.name)")
        if !claims.isEmpty { lines.append("covers: [\(claims.joined(separator: ", "))]") }
        if guess.profiles.count < definition.configuration.profiles.count {
            lines.append("profiles: [\(guess.profiles.joined(separator: ", "))]")
        }
        lines += ["tags: [recorded]", "actors:"]
        for a in cast.actors {
            let key = a.key == nil ? "" : ", key: $(key('\(a.name)'))"
            let told = a.isTold ? ", told: true" : ""
            let kind = a.sender?.kind.map { ", kind: \($0)" } ?? ""
            lines.append("  \(a.name): {role: ref\(key)\(kind)\(Self.identity(a.sender))\(told)}")
        }
        let ignored = rules.unprompted.map(\.message) + rules.recurrent
        let defaults = ignored.isEmpty ? [] : ["defaults:"] + ignored.map { "  - ignore: {msg: \($0)}" }
        return Recording(
            head: ScenarioHead(
                comments: comments, recorded: recorded, lines: lines, kind: cast.node?.kind,
                identity: Self.identity(cast.node), defaults: defaults),
            parts: steps.parts, maker: maker, stepCount: steps.count, acceptances: steps.acceptances, id: id,
            protocolName: definition.name, losses: losses, settings: settings,
            origins: steps.events.compactMapValues(origin))
    }
    private static func identity(_ sender: RecordingRules.Sender?) -> String {
        sender.map { ", id: 0x\($0.id.hex)" } ?? ""
    }
    private func origin(_ i: Int) -> Recording.Origin? {
        let e = traffic.events[i]
        guard let flow = traffic.flows[e.flow] else { return nil }
        let name: String
        let bytes: [UInt8]
        switch e.what {
        case .message(let message): (name, bytes) = (message.name, message.bytes)
        case .bytes(let b, _): (name, bytes) = ("bytes that are not a message", b)
        case .lost, .elsewhere: (name, bytes) = ("incomplete bytes", [])
        case .closed(let isReset): (name, bytes) = (isReset ? "reset of the connection" : "end of the connection", [])
        }
        return Recording.Origin(
            number: e.number, frames: e.frames, since: e.since, source: e.isOurs ? flow.ours : flow.theirs,
            destination: e.isOurs ? flow.theirs : flow.ours, name: name, bytes: bytes)
    }
    /// Returns the last component of a path without its extension, reduced to letters, digits and hyphens.
    static func slug(_ name: String) -> String {
        var last = name.split(separator: "/").last.map(String.init) ?? "capture"
        for ending in [".gz", ".pcap", ".pcapng", ".cap"] where last.hasSuffix(ending) { last.removeLast(ending.count) }
        var out = ""
        for c in last.lowercased().unicodeScalars {
            let isPlain = c.value < 0x80 && (c.properties.isAlphabetic || c.properties.numericType != nil)
            if isPlain { out.unicodeScalars.append(c) } else if !out.hasSuffix("-"), !out.isEmpty { out += "-" }
        }
        while out.hasSuffix("-") { out.removeLast() }
        return out.isEmpty ? "capture" : String(out.prefix(80))
    }
}
