internal import Network
internal import Node
internal import Wire

/// `dut`: a control of the target or of a reference node. Start, stop and restart work for both.
struct DutVerb: NamedVerb {
    static let schema = Schema(
        name: "dut",
        keys: [
            Key("do", .text, "control that the target file offers", required: true),
            Key("as", .text, "name of the answer"),
        ], isOpen: true)
    static let key = Key("dut", .shape(schema), "makes the node under test do something")
    var control: String
    var arguments: [Template.Member]
    /// The name for the answer.
    var answer: String?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        let node = step.value
        guard let m = loader.members(node, schema), let control = loader.text(m["do"], "do") else { return nil }
        let answer = loader.newName(m["as"], "as")
        var arguments: [Template.Member] = []
        for a in node.members where a.key != "do" && a.key != "as" {
            var value = loader.untyped(a.value)
            // A fragment can use another name for the node.
            if a.key == "node", case .constant(.text(let s)) = value, let outer = loader.aliases[s] {
                value = .constant(.text(outer))
            }
            arguments.append(Template.Member(key: a.key, value: value, span: a.keySpan))
        }
        return Self(control: control, arguments: arguments, answer: answer)
    }
    var text: String { "dut \(control)" }
    var definedNames: [String] { answer.map { [$0] } ?? [] }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        var values: [(name: String, value: Term)] = []
        for a in arguments { values.append((a.key, try a.value.term(run.scope))) }
        let refusal: String?
        var said = Term.null
        switch run.options.subject {
        case .remote(let r):
            // The commands of a target file start and stop the node under test without its name.
            if Scenario.lifeControls.contains(control) {
                values.removeAll {
                    $0.name == "node" && $0.value.text == run.scenario.actors.first(where: \.isSubject)?.name
                }
            }
            let began = run.driver.now
            refusal = r.control(control, values.map { ($0.name, $0.value.text) })
            run.lateness.excuseControl(since: began)
            if refusal == nil, answer != nil { said = Term.answer(r.output()) }
        case .builtIn:
            if Scenario.lifeControls.contains(control) {
                refusal = restart(values, in: run)
            } else {
                (refusal, said) = ask(values, in: run)
            }
        }
        if let refusal {
            // The step proves nothing about its requirement, because the node did not receive the control.
            var unclaimed = step
            unclaimed.requirement = nil
            let problem = Problem("control `\(control)` failed: \(refusal)", step.span, label: "failed")
            run.failed(problem, unclaimed, unless: .error)
        } else {
            if let answer {
                run.scope.names[answer] = said
                run.lateness.addAnswer(answer)
            }
            run.held(step)
        }
    }
    /// Returns the name of the reference node that `node` names, or of the first one.
    private func subject(_ values: [(name: String, value: Term)], in run: CaseRun) -> String {
        values.first { $0.name == "node" }?.value.text ?? run.scenario.actors.first { $0.isSubject }?.name ?? ""
    }
    /// Sends a control to a reference node. Returns the error or the answer.
    private func ask(
        _ values: [(name: String, value: Term)], in run: CaseRun
    ) -> (refusal: String?, answer: Term) {
        let actor = subject(values, in: run)
        guard let id = run.node.id(of: actor) else {
            return ("no node is called \(actor), or it is not running", .null)
        }
        let arguments = values.filter { $0.name != "node" }.map { v in
            Value.Entry(v.name, v.value.value ?? .text(v.value.text))
        }
        guard let answer = run.driver.control(id, control, arguments) else {
            return ("the reference node lacks this control or these arguments", .null)
        }
        return (nil, Term(answer))
    }
    /// Starts, stops or restarts a reference node. Returns the error.
    private func restart(_ values: [(name: String, value: Term)], in run: CaseRun) -> String? {
        let actor = subject(values, in: run)
        guard let address = run.node.addresses[actor] else { return "no node is called \(actor)" }
        if control == "stop" || control == "restart" { run.node.stop(actor) }
        if control == "stop" { return nil }
        guard run.node.id(of: actor) == nil else { return "it is already running" }
        do throws(NetworkError) {
            try run.node.start(actor, at: address, run.scope)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension Term {
    /// Returns the output of a control: JSON as a value, other output as text without the end of the line.
    static func answer(_ text: String) -> Term {
        if let first = text.first, "{[\"".contains(first), let value = JSON.parse(Array(text.utf8)) {
            return Term(value)
        }
        return .text(String(text.reversed().drop { $0.isWhitespace }.reversed()))
    }
}

extension Scenario {
    /// The controls that start or stop a node.
    static let lifeControls: Set<String> = ["start", "stop", "restart"]
    /// The names of the controls that `dut` steps use.
    public var controls: [String] {
        var out: [String] = []
        for s in (steps + cleanup).flattened {
            if let name = (s.verb as? DutVerb)?.control, !out.contains(name) { out.append(name) }
        }
        return out
    }
    /// The nodes under test that steps start or stop by name.
    var restartedSubjects: Set<String> {
        var out: Set<String> = []
        for step in steps.flattened {
            guard let dut = step.verb as? DutVerb, Self.lifeControls.contains(dut.control) else { continue }
            for a in dut.arguments where a.key == "node" {
                guard case .constant(let value) = a.value, case .text(let other) = value else { continue }
                out.insert(other)
            }
        }
        return out
    }
}
