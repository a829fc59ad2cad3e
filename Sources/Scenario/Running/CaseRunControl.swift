internal import Network
internal import Node
internal import Wire

extension CaseRun {
    /// `dut`: a control of the target, or start, stop and restart of a reference node.
    func command(_ step: Step, _ name: String, _ arguments: [Template.Member]) throws(EvaluationError) {
        var values: [(String, String)] = []
        for a in arguments { values.append((a.key, try a.value.term(scope).text)) }
        let refusal: String?
        switch options.subject {
        case .remote(let r): refusal = r.control(name, values)
        case .builtIn: refusal = restart(name, values)
        }
        if let refusal {
            failed(Problem("control `\(name)` failed: \(refusal)", step.span, label: "failed"), step, unless: .error)
        } else {
            held(step)
        }
    }
    /// Start, stop and restart of the reference node that `node` names, or of the only one.
    func restart(_ name: String, _ values: [(String, String)]) -> String? {
        let actor = values.first { $0.0 == "node" }?.1 ?? scenario.actors.first { $0.isSubject }?.name ?? ""
        guard let address = addresses[actor] else { return "no node is called \(actor)" }
        if name == "stop" || name == "restart", let id = nodes.removeValue(forKey: actor) { driver.remove(id) }
        guard name == "start" || name == "restart" else {
            return name == "stop" ? nil : "the reference node knows start, stop and restart"
        }
        guard nodes[actor] == nil else { return "it runs already" }
        do throws(NetworkError) {
            try startNode(actor, at: address)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
