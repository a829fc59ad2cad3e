internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// `dut`: a control of the target, or of a reference node, which is started, stopped and started again as well.
    func command(
        _ step: Step, _ name: String, _ arguments: [Template.Member], _ answer: String?
    ) throws(EvaluationError) {
        var values: [(name: String, value: Term)] = []
        for a in arguments { values.append((a.key, try a.value.term(scope))) }
        let refusal: String?
        var said = Term.null
        switch options.subject {
        case .remote(let r):
            // A target file starts and stops the node under test without a name.
            if Scenario.lifeControls.contains(name) {
                values.removeAll { $0.name == "node" && $0.value.text == scenario.actors.first(where: \.isSubject)?.name }
            }
            refusal = r.control(name, values.map { ($0.name, $0.value.text) })
            // Nobody looked at the network meanwhile: that is what the step takes. Steps that begin now are not late by
            // it.
            lag.excuse(until: driver.now)
            // A node that was started again has a new socket.
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
            // Whatever the step claims: the node was not asked.
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
    /// The reference node that `node` names, or the first one.
    private func subject(_ values: [(name: String, value: Term)]) -> String {
        values.first { $0.name == "node" }?.value.text ?? scenario.actors.first { $0.isSubject }?.name ?? ""
    }
    /// Asks or tells a reference node something: what went wrong, or the answer.
    private func ask(_ name: String, _ values: [(name: String, value: Term)]) -> (refusal: String?, answer: Term) {
        let actor = subject(values)
        guard let id = nodes[actor] else { return ("no node is called \(actor), or it does not run", .null) }
        let arguments = values.filter { $0.name != "node" }.map { v in
            Value.Entry(v.name, v.value.value ?? .text(v.value.text))
        }
        guard let answer = driver.control(id, name, arguments) else {
            return ("the reference node does not know it, or not like this", .null)
        }
        return (nil, Term(answer))
    }
    /// Start, stop and restart of a reference node.
    private func restart(_ name: String, _ values: [(name: String, value: Term)]) -> String? {
        let actor = subject(values)
        guard let address = addresses[actor] else { return "no node is called \(actor)" }
        if name == "stop" || name == "restart", let id = nodes.removeValue(forKey: actor) { driver.remove(id) }
        if name == "stop" { return nil }
        guard nodes[actor] == nil else { return "it runs already" }
        do throws(NetworkError) {
            try startNode(actor, at: address)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension Term {
    /// What a control printed: JSON as a value, all else as text without the line's end.
    static func answer(_ text: String) -> Term {
        if let first = text.first, "{[\"".contains(first), let value = JSON.parse(Array(text.utf8)) {
            return Term(value)
        }
        return .text(String(text.reversed().drop { $0.isWhitespace }.reversed()))
    }
}
