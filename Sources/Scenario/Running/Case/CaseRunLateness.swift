internal import Network
internal import Node

/// Decides how much of a case's delay the harness itself caused.
extension CaseRun {
    /// Ends the current step. The following steps begin late by the lateness of this one.
    func isOver() {
        let due = currentBranch.wait.flatMap { $0.endsByTime ? $0.deadline : nil }
        lag.add(due: max(driver.unattendedSince, due ?? .zero), now: driver.now)
        currentBranch.wait = nil
    }
    /// Returns the lateness of the harness that can affect events since a moment: the lag of its actions before that
    /// moment, plus the longest gap in reading the network after it. Returns nil if the lateness is within the slack.
    func lateness(since: Instant) -> Duration? {
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
    func mayHaveCome(before moment: Instant, _ seen: Instant, _ b: ResolvedExpectation) -> Bool {
        let since = max(b.start, min(driver.unattendedSince, delays.beginning(at: seen)))
        return since < moment && seen - since > options.slack
    }
    /// Returns a verdict about the node, or `inconc` if the harness's own trouble may be its cause. `window`: the
    /// longest wait of the step. If the harness is late by less than a quarter of it, the verdict stays, but the case
    /// is tried again.
    func doubted(_ v: Verdict, _ p: inout Problem, since: Instant, window: Duration? = nil) -> Verdict {
        guard v > .pass, v < .error else { return v }
        let late = p.isFact ? nil : lateness(since: since)
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
    /// The longest wait of the current step; nil if it has no limit.
    var window: Duration? {
        guard let wait = currentBranch.wait, wait.deadline != .never else { return nil }
        return max(.zero, wait.deadline - wait.judgedSince)
    }
    /// Returns the time from which the harness's lateness counts for a condition. A condition about received data and
    /// their times depends on everything since the first step.
    func judgedSince(_ condition: Expression) -> Instant {
        isTimed(condition) ? firstStep : currentBranch.waitsSince
    }
    /// Returns whether a false assertion is false whatever the harness did late: it was false before the time by which
    /// the harness is late, and no later message makes it true. The late actions must be a small part of the case,
    /// because the node may rightly react to them in another way.
    func isFalseDespiteLateness(_ e: Expression) -> Bool {
        let time = driver.now - firstStep
        guard let late = lateness(since: firstStep), late < time, lag.sum(until: driver.now) < time / 4 else {
            return false
        }
        knownUntil = firstStep + (time - late)
        defer { knownUntil = .never }
        let evaluator = Evaluator(expression: e, scope: scope)
        return Permanence(evaluator: evaluator, isTimed: { [unowned self] in isTimed($0) }).stays(false, e.root)
    }
    /// Returns whether the value of an expression depends on the times of events.
    func isTimed(_ e: Expression) -> Bool {
        let uses = e.uses()
        return uses.calls.contains { Function.ofTime.contains($0.name) }
            || uses.names.contains { timedNames.contains($0.0) }
            || uses.calls.contains { $0.receiver?.contains { timedNames.contains($0.0) } ?? false }
    }
}
