internal import Network
internal import Node

/// `signal`: gives a signal of the node to our side of a data channel.
struct SignalVerb: NamedVerb {
    static let schema = Schema(
        name: "signal",
        keys: [
            .via, Key("answer", .value, "the session description (SDP) of an answer"),
            Key("candidate", .value, "the value of an `a=candidate` line"),
        ],
        rules: [Constraint(.one(["answer", "candidate"]), .missingKey, "signal has `answer` or `candidate`")])
    static let key = Key("signal", .shape(schema), "gives a signal of the node to a data channel")
    var link: String
    var answer: Template?
    var candidate: Template?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema), let link = loader.link(m["via"]) else { return nil }
        let answer = m["answer"].map { loader.template($0) }
        let candidate = m["candidate"].map { loader.template($0) }
        return Self(link: link, answer: answer, candidate: candidate)
    }
    var text: String { "signal \(answer == nil ? "a candidate" : "an answer") to \(link)" }
    var usedLinks: [String] { [link] }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        guard let c = run.links[link], c.dataChannel != nil else {
            throw EvaluationError(message: "link `\(link)` is no data channel", span: step.span)
        }
        if let answer {
            run.driver.signal(.answer(try answer.term(run.scope).text), on: c.id)
        } else if let candidate {
            run.driver.signal(.candidate(try candidate.term(run.scope).text, mid: "0"), on: c.id)
        }
        run.held(step)
    }
}
