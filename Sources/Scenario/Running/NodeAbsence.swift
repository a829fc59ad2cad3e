internal import Node
internal import Wire

/// The cases that received nothing, and the cases that failed after them, until it is known whether the node is still
/// there. The node is asked only when no case runs. A node that is busy, or cut off for a case, is not gone. Waiting
/// for the answer would delay all other cases.
struct NodeAbsence {
    /// The reason why the node is gone; no further case begins then.
    private(set) var reason: String?
    private var held: [(job: Job, result: CaseResult)] = []
    /// The end of the node, if it was seen at the end of a case. The other running cases finish first.
    private(set) var end: NodeEnd?
    /// A case that gave the node so much work that the node may still be busy. The next case begins when the node
    /// answers.
    private var exhausting: Scenario?
    /// The results that wait in the order in which the cases finished, because the node may have ended with a connection.
    private var doubts: [Doubt] = []
    /// The last finished case that received something, with its last input.
    private var before: (id: String, input: String)?
    /// True if results wait until the node has been asked.
    var holdsResults: Bool { !held.isEmpty }
    /// The first of the results that wait.
    var firstDoubt: Doubt? { doubts.first }
    /// True if no case may begin before the node has been asked, or before it is known whether it has ended.
    var isOpen: Bool { scenario != nil || doubts.contains(where: \.result.hasHeardNothing) }
    /// True if the node is known to have ended.
    var isDead: Bool { end != nil }
    /// The scenario of the first held result, or else the scenario that exhausts the node.
    var scenario: Scenario? { held.first?.result.scenario ?? exhausting }

    /// Makes the next case wait after a case that exhausts a node over UDP. Datagrams are sent even if the node has not
    /// processed the earlier ones.
    mutating func follow(_ scenario: Scenario, _ transport: Transport) {
        if scenario.isAlone, transport == .udp { exhausting = scenario }
    }

    /// The result of a case that may have seen the node end, or that finished after such a case.
    struct Doubt {
        var job: Job
        var result: CaseResult
        /// True if the case last saw the end of a connection.
        var sawAnEnd: Bool
        /// True if no other case ran when this one finished.
        var wasAlone: Bool
        /// The time at which it would be known that the node has ended. The system closes the connections of a process
        /// before it reports the end of the process.
        var until: Instant
        /// The time from the end of a connection until the end of the process is known.
        static let timeToEnd = Duration.milliseconds(100)
    }
    /// Lets a result wait behind the others. Other cases run meanwhile.
    mutating func doubt(_ d: Doubt) { doubts.append(d) }
    /// Takes the first of the results that wait, because the node is there.
    mutating func trustFirst() -> Doubt { doubts.removeFirst() }
    /// Takes the end of the node, which ended by the first of the results that wait or after it.
    mutating func died(_ end: NodeEnd) {
        self.end = end
        held += doubts.map { ($0.job, $0.result) }
        doubts = []
    }
    /// Holds back a result that may depend on an absent node; returns a result that can be reported at once.
    mutating func hold(_ job: Job, _ result: CaseResult) -> CaseResult? {
        let isDoubtful = holdsResults && [.fail, .warn, .error].contains(result.verdict)
        guard reason == nil, isDead || result.hasHeardNothing || isDoubtful else {
            before = (result.id, result.lastInput)
            return result
        }
        held.append((job, result))
        return nil
    }
    /// A case whose result waited, with its final result, or without a result if it runs again by itself.
    struct Settled {
        var job: Job
        var result: CaseResult?
    }
    /// Takes the end of the node, `nil` if it has not ended, and returns the held cases. The first case is to blame:
    /// the node ended by it, or by a case before it. The others could not be judged. If the node is started again and
    /// several cases ran when it ended, each of them runs again by itself.
    mutating func settle(
        _ end: NodeEnd?, isRevived: Bool = false,
        _ requirements: (CaseResult) -> RequirementList = { _ in RequirementList() }
    ) -> [Settled] {
        reason = end?.how
        exhausting = nil
        self.end = nil
        defer { held = [] }
        guard var end else { return held.map { Settled(job: $0.job, result: $0.result) } }
        if isRevived, held.count > 1 { return held.map { Settled(job: $0.job, result: nil) } }
        end.before = before
        return held.enumerated().map { i, one in
            Settled(
                job: one.job,
                result: i == 0
                    ? end.blamed(one.result, requirements(one.result))
                    : unjudged(one.result, "by then \(end.how)"))
        }
    }
    /// Resets the state after the node was started again.
    mutating func beginAgain() {
        reason = nil
        before = nil
    }
    /// Returns the held cases without asking the node, which may be gone.
    mutating func interrupt() -> [(job: Job, result: CaseResult)] {
        defer { (held, doubts) = ([], []) }
        let why = end?.how ?? "the run was interrupted before the node was asked whether it is still there"
        return doubts.map { ($0.job, $0.result) }
            + held.enumerated().map { i, one in
                if i > 0 || one.result.verdict == .error || end != nil { return (one.job, unjudged(one.result, why)) }
                var r = one.result
                r.problem?.reason += "; " + why
                return (one.job, r)
            }
    }
    private func unjudged(_ result: CaseResult, _ why: String) -> CaseResult {
        var r = result
        r.verdict = .inconc
        r.add(why)
        return r
    }
}

/// The end of the node under test, for the case that is blamed for it.
struct NodeEnd {
    /// A clause, such as `the node is gone (it ended with status 1)`.
    var how: String
    /// True if no other case ran then, and the node was there when the case began.
    var isSure: Bool
    /// The case before, with its last input; nil unless that case may be to blame as well.
    var before: (id: String, input: String)?

    /// Returns the result of the case during which the node ended: a failure of the first MUST that it covers if the
    /// scenario is destructive, otherwise an error.
    func blamed(_ result: CaseResult, _ requirements: RequirementList) -> CaseResult {
        var r = result
        let rule = r.scenario.covers.lazy.compactMap { requirements[$0] }.first { $0.level == .must }
        if r.scenario.isDestructive, let rule {
            (r.verdict, r.requirement, r.level) = (.fail, rule.id, rule.level)
        } else {
            r.verdict = .error
        }
        r.add("now \(how), by this case" + (isSure ? "" : " or one before it"))
        let input = r.lastInput
        r.problem?.excuse = nil
        r.problem?.facts.append(("last input", input))
        if !isSure, let before { r.problem?.facts.append(("last input of \(before.id)", before.input)) }
        return r
    }
}

extension CaseResult {
    /// True if the last received entry is the end of a connection.
    var sawAnEnd: Bool {
        guard let last = trace.last(where: { $0.direction == .received }) else { return false }
        if case .closed = last.content { return true }
        return false
    }
    /// The last sent bytes, for people.
    var lastInput: String {
        guard let i = lastSent else { return "none" }
        let entry = trace[i]
        let bytes = entry.bytes
        let name = entry.type == nil ? "" : "\(entry.name) of "
        let more = bytes.count > Self.shownInput ? "..." : ""
        return "\(name)\(bytes.count) bytes on \(entry.link): 0x\(Array(bytes.prefix(Self.shownInput)).hex)\(more)"
    }
    private static var shownInput: Int { 64 }
    /// The index of the entry with the last sent bytes. A message that layers carry precedes the bytes of each layer.
    private var lastSent: Int? {
        var last: Int?
        for i in trace.indices.reversed() where trace[i].direction == .sent && !trace[i].bytes.isEmpty {
            if let last, trace[i].at != trace[last].at { break }
            if trace[i].carrier == .layers { return i }
            last = last ?? i
        }
        return last
    }
    /// Adds a clause to the reason why the case did not pass.
    mutating func add(_ why: String) {
        var p = problem ?? Problem("", scenario.steps.last?.span ?? .top)
        p.reason += (p.reason.isEmpty ? "" : "; ") + why
        problem = p
        if step == 0 { step = scenario.stepCount }
    }
}
