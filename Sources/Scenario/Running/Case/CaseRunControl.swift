internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// Carries out `dut`: a control of the target or of a reference node. Start, stop and restart work for both.
    func command(
        _ step: Step, _ name: String, _ arguments: [Template.Member], _ answer: String?
    ) throws(EvaluationError) {
        var values: [(name: String, value: Term)] = []
        for a in arguments { values.append((a.key, try a.value.term(scope))) }
        let refusal: String?
        var said = Term.null
        switch options.subject {
        case .remote(let r):
            // The commands of a target file start and stop the node under test without its name.
            if Scenario.lifeControls.contains(name) {
                values.removeAll {
                    $0.name == "node" && $0.value.text == scenario.actors.first(where: \.isSubject)?.name
                }
            }
            refusal = r.control(name, values.map { ($0.name, $0.value.text) })
            // The harness did not look at the network during the control. This time belongs to the step, and later
            // steps are not late because of it.
            lag.excuse(until: driver.now)
            // A restarted node has a new socket.
            nodeLostBefore = min(nodeLostBefore, lostAtNode)
            if refusal == nil, answer != nil { said = Term.answer(r.output()) }
        case .builtIn:
            if Scenario.lifeControls.contains(name) {
                refusal = restart(name, values)
            } else {
                (refusal, said) = ask(name, values)
            }
        }
        if let refusal {
            // The step proves nothing about its requirement, because the node did not receive the control.
            var unclaimed = step
            unclaimed.requirement = nil
            let problem = Problem("control `\(name)` failed: \(refusal)", step.span, label: "failed")
            failed(problem, unclaimed, unless: .error)
        } else {
            if let answer {
                scope.names[answer] = said
                timedNames.insert(answer)
            }
            held(step)
        }
    }
    /// Returns the name of the reference node that `node` names, or of the first one.
    private func subject(_ values: [(name: String, value: Term)]) -> String {
        values.first { $0.name == "node" }?.value.text ?? scenario.actors.first { $0.isSubject }?.name ?? ""
    }
    /// Sends a control to a reference node. Returns the error or the answer.
    private func ask(_ name: String, _ values: [(name: String, value: Term)]) -> (refusal: String?, answer: Term) {
        let actor = subject(values)
        guard let id = nodes[actor] else { return ("no node is called \(actor), or it is not running", .null) }
        let arguments = values.filter { $0.name != "node" }.map { v in
            Value.Entry(v.name, v.value.value ?? .text(v.value.text))
        }
        guard let answer = driver.control(id, name, arguments) else {
            return ("the reference node lacks this control or these arguments", .null)
        }
        return (nil, Term(answer))
    }
    /// Starts, stops or restarts a reference node. Returns the error.
    private func restart(_ name: String, _ values: [(name: String, value: Term)]) -> String? {
        let actor = subject(values)
        guard let address = addresses[actor] else { return "no node is called \(actor)" }
        if name == "stop" || name == "restart", let id = nodes.removeValue(forKey: actor) { driver.remove(id) }
        if name == "stop" { return nil }
        guard nodes[actor] == nil else { return "it is already running" }
        do throws(NetworkError) {
            try startNode(actor, at: address)
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
