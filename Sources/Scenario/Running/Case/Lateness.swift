internal import Network
internal import Node

/// The delays of a case, and the datagrams that were lost. It decides how much of them the harness itself caused.
struct Lateness {
    /// The times in which the harness did not look at the network.
    let delays: LoopDelays
    /// The time at which the first step began.
    private(set) var firstStep: Instant
    /// The delay of the steps of this case since the first step.
    private var lag: Lag
    /// Names whose values depend on the clock or on the arrival of messages.
    private var timedNames: Set<String> = []
    /// Names whose values depend on answers of controls.
    private var answers: Set<String> = []
    /// Datagrams that the harness lost before the case.
    private let lostBefore: Int
    /// Datagrams that the socket of the node lost before the case.
    private var nodeLostBefore = 0
    private let driver: Driver
    private let options: RunOptions
    private let transport: Transport

    init(_ driver: Driver, _ options: RunOptions, _ transport: Transport, delays: LoopDelays) {
        self.driver = driver
        self.options = options
        self.transport = transport
        self.delays = delays
        firstStep = driver.now
        lag = Lag(since: driver.now)
        lostBefore = driver.network.lostDatagrams
        nodeLostBefore = lostAtNode
    }

    // Steps

    /// Begins anew with the first step. The preparation does not count as time of the case.
    mutating func beginSteps() {
        firstStep = driver.now
        nodeLostBefore = lostAtNode
        lag = Lag(since: driver.now)
    }
    /// Counts the lateness of a step that ends now. The following steps begin late by it. `due`: the time at which the
    /// step had to end; nil if there is none.
    mutating func endStep(due: Instant?) {
        lag.add(due: max(driver.unattendedSince, due ?? .zero), now: driver.now)
    }
    /// Excuses the time of a control of the node. The harness did not look at the network during the control, and later
    /// steps are not late because of it. A control that began late is an action that was late.
    mutating func excuseControl(since began: Instant) {
        lag.add(due: driver.unattendedSince, now: began)
        lag.excuse(until: driver.now)
        // A restarted node has a new socket.
        nodeLostBefore = min(nodeLostBefore, lostAtNode)
    }
    /// True if actions of the case were late by more than the slack.
    var isLagging: Bool { lag.sum(until: driver.now) > options.slack }

    // Lateness

    /// Returns the lateness of the harness that can affect events since a moment: the lag of its actions before that
    /// moment, plus the longest gap in reading the network after it. Returns nil if the lateness is within the slack.
    func late(since: Instant) -> Duration? {
        let now = driver.now
        var looked = delays.longest(from: since, to: now)
        // This gap is not in `delays` yet.
        if now - driver.unattendedSince > LoopDelays.shortest {
            looked = max(looked, now - max(since, driver.unattendedSince))
        }
        let late = lag.sum(until: since) + looked
        return late > options.slack ? late : nil
    }
    /// Returns whether an event seen at a moment may have arrived before another moment, by more than the slack.
    func mayHaveCome(before moment: Instant, seen: Instant, _ b: ResolvedExpectation) -> Bool {
        let since = max(b.start, min(driver.unattendedSince, delays.beginning(at: seen)))
        return since < moment && seen - since > options.slack
    }
    /// Returns a verdict about the node, or `inconc` if the harness's own trouble may be its cause. `window`: the
    /// longest wait of the step. If the harness is late by less than a quarter of it, the verdict stays, but the case
    /// is tried again.
    func doubted(_ v: Verdict, _ p: inout Problem, since: Instant, window: Duration? = nil) -> Verdict {
        guard v > .pass, v < .error else { return v }
        let late = p.isFact ? nil : late(since: since)
        if let late, let window, late < window / 4 {
            p.facts.append(("harness", "late by \(late.rounded.text) of \(window.rounded.text)"))
            p.excuse = .harness
            return v
        }
        if let late {
            p.reason = "harness late \(late.rounded.text): " + p.reason
        } else if lost > 0 {
            p.reason = "\(lossText): " + p.reason
        } else if case let n = nodeLost, n > 0 {
            p.reason =
                "the socket of the node lost \(n) datagram\(n == 1 ? "" : "s") that it did not take in time: "
                + p.reason
        } else {
            return v
        }
        p.excuse = .harness
        return .inconc
    }
    /// Returns the time until which an assertion must be false to be false whatever the harness did late; nil if the
    /// late actions are not a small part of the case, because the node may rightly react to them in another way.
    var lastTimelyMoment: Instant? {
        let time = driver.now - firstStep
        guard let late = late(since: firstStep), late < time, lag.sum(until: driver.now) < time / 4 else {
            return nil
        }
        return firstStep + (time - late)
    }

    // Values that depend on time

    /// Records that the value of a name depends on the clock or on the arrival of messages.
    mutating func addTimed(_ name: String) { timedNames.insert(name) }
    /// Records that the value of a name is the answer of a control.
    mutating func addAnswer(_ name: String) { answers.insert(name) }
    /// Records that the value of a name results from expressions.
    mutating func add(_ name: String, from expressions: [Expression]) {
        if expressions.contains(where: readsNetwork) { timedNames.insert(name) }
        if expressions.contains(where: isTimed) { answers.insert(name) }
    }
    /// Returns whether the value of an expression depends on the times of events.
    func isTimed(_ e: Expression) -> Bool { readsNetwork(e) || e.reads(answers) }
    /// Returns whether the lateness of the harness cannot change the value of an expression. The answer of a control
    /// depends only on the actions before it: a gap in reading the network, such as the time of the control itself,
    /// does not change it.
    func isFact(_ e: Expression) -> Bool { !isTimed(e) || !readsNetwork(e) && !isLagging }
    /// Returns whether the value of an expression depends on the clock or on the arrival of messages.
    func readsNetwork(_ e: Expression) -> Bool {
        e.uses().calls.contains { Function.ofTime.contains($0.name) } || e.reads(timedNames)
    }

    // Lost datagrams

    /// The number of datagrams since the case began that arrived and were lost in the harness. A step may have failed
    /// because of them.
    var lost: Int { transport == .udp ? driver.network.lostDatagrams - lostBefore : 0 }
    var lossText: String { "the harness lost \(lost) datagram\(lost == 1 ? "" : "s") that it did not take in time" }
    /// The excuse that a datagram was lost on its way; nil unless the transport is UDP.
    var lossExcuse: Problem.Excuse? { transport == .udp ? .datagram : nil }
    /// The number of datagrams since the case began that the socket of the node on this machine discarded, because the
    /// node was too busy. No rule of a protocol over UDP forbids that, and the harness often causes it.
    private var nodeLost: Int { max(0, lostAtNode - nodeLostBefore) }
    /// The number of datagrams that the socket has discarded since it was created.
    private var lostAtNode: Int {
        guard transport == .udp, case .remote(let r) = options.subject else { return 0 }
        return r.endpoints.reduce(0) { $0 + driver.network.lostDatagrams(at: $1) }
    }
}

extension Expression {
    /// Returns whether the expression reads one of these names.
    fileprivate func reads(_ names: Set<String>) -> Bool {
        let uses = uses()
        return uses.names.contains { names.contains($0.0) }
            || uses.calls.contains { $0.receiver?.contains { names.contains($0.0) } ?? false }
    }
}
