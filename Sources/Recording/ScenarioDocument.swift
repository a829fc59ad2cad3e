internal import Capture
internal import Node
internal import Scenario
internal import Wire

extension ScenarioWriter {
    /// The scenario of what was collected.
    static func recording(_ traffic: RecordedTraffic, _ options: RecordingOptions) throws(RecordingError) -> Recording {
        guard let guess = SettingsGuess(traffic) else { throw .tooLong }
        let cast = Cast(traffic)
        let settings = guess.settings
        var taken = Set(cast.actors.map(\.name) + ["node"] + cast.others.indices.map(pair))
        taken.formUnion(traffic.flows.values.enumerated().map { link($0.offset) })
        taken.formUnion(traffic.definition.constants(settings).map(\.key))
        taken.formUnion(traffic.definition.durations(settings).map(\.name))
        taken.formUnion(["true", "false", "null"])
        var first = ScenarioWriter(traffic, settings, cast, options, Variables(taken: taken))
        first.write()
        var writer = ScenarioWriter(traffic, settings, cast, options, Variables(after: first.bindings.variables))
        writer.write()
        let made = writer.document(guess)
        let (_, problems) = YAMLTree.read(SourceFile(name: traffic.name, bytes: Array(made.text.utf8)))
        if problems.contains(where: { $0.code == .tooManyNodes || $0.code == .tooLarge }) { throw writer.tooLarge }
        return made
    }
    /// What is too large, and as much of it as is not.
    private var tooLarge: RecordingError {
        let nodes = steps.map(\.nodes)
        let bytes = steps.map { $0.lines.reduce(0) { $0 + $1.utf8.count + 1 } }
        let total = nodes.reduce(0, +)
        let (measure, counts) = total > YAMLTree.maximumNodes ? (RecordingError.Measure.nodes, nodes) : (.bytes, bytes)
        let longest = steps.indices.filter { steps[$0].event != nil }.max { counts[$0] < counts[$1] }
        // Something has to be left for what stands above the steps.
        var left = (nodes: YAMLTree.maximumNodes * 9 / 10, bytes: YAMLTree.maximumSize * 9 / 10)
        var fitting = 0
        for (i, step) in steps.enumerated() {
            left = (left.nodes - nodes[i], left.bytes - bytes[i])
            guard left.nodes >= 0, left.bytes >= 0 else { break }
            if let event = step.event { fitting = max(fitting, traffic.events[event].number) }
        }
        let event = longest.flatMap { steps[$0].event }
        return .tooLarge(
            measure, counts.reduce(0, +), fitting: fitting,
            most: .init(
                number: event.map { traffic.events[$0].number } ?? 0, name: event.flatMap(origin)?.name ?? "a message",
                flow: event.map { traffic.events[$0].flow } ?? 0, count: longest.map { counts[$0] } ?? 0))
    }
    private func document(_ guess: SettingsGuess) -> Recording {
        let id = options.id ?? "\(definition.name).recorded.\(Self.slug(traffic.name))"
        let nodes = Set(traffic.flows.values.map(\.theirs)).sorted().map(\.description).joined(separator: ", ")
        let parameters = definition.parameters.filter { settings[$0.name] != $0.preset }.map {
            "\($0.name)=\(settings[$0.name])"
        }
        let name = Printable.text(traffic.name)
        var lines = ["# Recorded from \(name): \(traffic.tally.packets) packets"]
        if let start = traffic.tally.start, let end = traffic.tally.end { lines[0] += ", \(start) to \(end)" }
        lines[0] += "."
        lines.append("# The node under test is \(nodes) of the capture; all others are played.")
        let messages = traffic.events.count { $0.number > 0 }
        lines.append("# \(messages) messages, \(ignored) of them unasked: they are left to defaults.")
        // The profile that is taken when nobody says may be none of those that fit.
        let preset = try? definition.settings().profile
        let isPreset = preset.map(guess.profiles.contains) ?? false
        let arguments = (isPreset ? [] : ["--profile \(settings.profile)"]) + parameters.map { "-P " + $0 }
        if !arguments.isEmpty {
            lines.append("# As it was: meshspec run FILE \(arguments.joined(separator: " "))")
        }
        lines += ["meshspec: 1", "id: \(QuotedScalar.text(id))"]
        lines.append("title: \(QuotedScalar.text("What \(nodes) said and heard in \(name)"))")
        lines.append("protocol: \(definition.name)")
        if !claims.isEmpty { lines.append("covers: [\(claims.joined(separator: ", "))]") }
        if guess.profiles.count < definition.profiles.count {
            lines.append("profiles: [\(guess.profiles.joined(separator: ", "))]")
        }
        lines += ["tags: [recorded]", "actors:"]
        for a in cast.actors {
            let key = a.key == nil ? "" : ", key: $(key('\(a.name)'))"
            let told = a.isTold ? ", told: true" : ""
            lines.append("  \(a.name): {role: ref\(key)\(Self.text(a.sender))\(told)}")
        }
        lines.append("  node: {role: dut\(Self.text(cast.node))}")
        let ignored = rules.unprompted.map(\.message) + rules.recurrent
        if !ignored.isEmpty {
            lines.append("defaults:")
            lines += ignored.map { "  - ignore: {msg: \($0)}" }
        }
        lines.append("steps:")
        lines += steps.flatMap(\.lines)
        lines += omissions.map { "  # \($0)" }
        let source = SourceFile(name: traffic.name, bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
        var origins: [Int: Recording.Origin] = [:]
        for (i, s) in steps.enumerated() { origins[i + 1] = s.event.flatMap(origin) }
        return Recording(
            text: Formatter.format(source).text ?? lines.joined(separator: "\n") + "\n", id: id,
            protocolName: definition.name, losses: losses,
            settings: settings, parameters: parameters, arguments: arguments, origins: origins)
    }
    private static func text(_ sender: RecordingRules.Sender?) -> String {
        guard let sender else { return "" }
        return (sender.kind.map { ", kind: \($0)" } ?? "") + ", id: 0x\(sender.id.hex)"
    }
    private func origin(_ i: Int) -> Recording.Origin? {
        let e = traffic.events[i]
        guard let flow = traffic.flows[e.flow] else { return nil }
        let name: String
        let bytes: [UInt8]
        switch e.what {
        case .message(let type, _, let b): (name, bytes) = (type.name.description, b)
        case .bytes(let b, _): (name, bytes) = ("bytes that are no message", b)
        case .lost, .elsewhere: (name, bytes) = ("bytes that are not whole", [])
        case .closed(let isReset): (name, bytes) = (isReset ? "reset of the connection" : "end of the connection", [])
        }
        return Recording.Origin(
            number: e.number, frames: e.frames, since: e.since, source: e.isOurs ? flow.ours : flow.theirs,
            destination: e.isOurs ? flow.theirs : flow.ours, name: name, bytes: bytes)
    }
    /// The last part of a path without its ending, of letters, digits and hyphens.
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
