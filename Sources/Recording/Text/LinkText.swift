internal import Capture
internal import Node
internal import Scenario

/// The steps `open`, `accept` and `close`, which begin and end connections and channels.
extension ScenarioWriter {
    /// Returns the link for an event, and opens it at its first use.
    mutating func begin(_ e: RecordedEvent) -> String {
        let base = begin(e.flow)
        guard let path = own(e) else { return base }
        let key = ChannelKey(flow: e.flow, path: path)
        if let known = channelLinks[key] { return known }
        // If only the node sends in a channel, its messages arrive on the link of the connection.
        guard let use = channels[key], use.isOursIn else { return base }
        let name = Self.link(links.count + channelLinks.count)
        channelLinks[key] = name
        let carried = path.split(separator: "/").last.map(String.init) ?? definition.name
        let members: KeyValuePairs = ["stream": base, "as": name, "proto": carried]
        add(
            StepText(use.isOursFirst ? "open" : "accept", .words(members)),
            ["channel \(Printable.text(path)) of connection \(e.flow)"])
        return name
    }
    /// Returns the channel of an event if it is not part of the connection's link; otherwise nil. The first channel
    /// belongs to that link, unless only one side sends in it: then each side has its own channels.
    func own(_ e: RecordedEvent) -> String? {
        guard let path = e.channel else { return nil }
        let use = channels[ChannelKey(flow: e.flow, path: path)]
        let isLink = path == traffic.flows[e.flow]?.path && use.map { $0.isOursIn && $0.isTheirsIn } ?? true
        return isLink ? nil : path
    }
    /// Returns the link of a connection.
    @discardableResult
    private mutating func begin(_ flow: Int) -> String {
        guard let f = traffic.flows[flow] else { return "c" }
        if let known = links[flow] { return known }
        let name = Self.link(links.count + channelLinks.count)
        links[flow] = name
        if !f.isWhole {
            let first = beginnings[flow].map { ", which begins with #\($0)" }
            omissions.append(
                "not here: messages of connection \(flow) before the capture began\(first ?? ""): they may matter")
        }
        let who = cast.name(flow)
        let step: StepText
        if f.isOpenedByNode, rules.sender == nil {
            step = StepText("accept", .words(["at": who, "from": "node", "as": name, "within": "30s"]))
        } else {
            var open: [(key: String, value: YAMLText)] = [
                ("from", .word(who)), ("to", .word("node")), ("as", .word(name)),
            ]
            if let target = f.target { open.append(("target", .foreign(target))) }
            step = StepText("open", .map(open))
        }
        add(step, ["connection \(flow): \(f.client) > \(f.server)"])
        return name
    }
    func link(_ flow: Int) -> String { links[flow] ?? "c" }
    mutating func close(_ i: Int, _ isReset: Bool) {
        let e = traffic.events[i]
        guard links[e.flow] != nil else { return }
        if stopped.contains(e.flow) {
            ended.insert(e.flow)
            omissions.append(
                "not here: \(e.frameText), the end of connection \(e.flow): "
                    + "the node ended all connections at once, like a stopped node"
            )
            return
        }
        if e.isOurs {
            stays(open: e.flow, until: e.time)
            var close: [(key: String, value: YAMLText)] = [("via", .word(link(e.flow)))]
            if isReset { close.append(("how", .word("reset"))) }
            add(StepText("close", .map(close), event: i))
        } else {
            let within = Self.window(last.map { Self.gap($0, e.time) } ?? .zero).text
            var members: [(key: String, value: YAMLText)] = [
                ("via", .word(link(e.flow))), ("event", .word("closed")), ("within", .word(within)),
            ]
            if undecodable.contains(e.flow) { members.append(("order", .word("any"))) }
            if isReset {
                omissions.append(
                    "not here: \(e.frameText), that the node ended connection \(e.flow) by a reset: "
                        + "`closed` also matches an orderly end"
                )
            }
            add(StepText("expect", .map(members), event: i), ["\(e.frameText) \(e.since)"])
        }
        ended.insert(e.flow)
        last = e.time
    }
    /// Adds a `never` step: the node keeps a connection open after the last message from our side, for as long as the
    /// capture shows, at most 1 s.
    mutating func stays(open flow: Int, until end: Timestamp?) {
        guard let sent = unanswered[flow], let end, traffic.flows[flow]?.transport == .tcp else { return }
        let watched = min(Self.gap(sent, end), .seconds(1))
        guard watched >= .milliseconds(300) else { return }
        let lasting = watched.nanoseconds / 100_000_000 * 100
        add(
            StepText(
                "never", .words(["via": link(flow), "event": "closed", "for": Duration.milliseconds(lasting).text])))
    }
}
