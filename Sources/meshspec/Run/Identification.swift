import Libp2p
import Network
import Node
import Scenario

extension Identification {
    /// Returns the identification with the capabilities that a libp2p node accepts and does not accept. It proposes each
    /// security protocol and each muxer by itself, except the ones in `declared`, which the user has declared.
    func completed(
        _ definition: Definition, _ settings: Settings, at address: Endpoint, besides declared: Set<String> = []
    ) -> Identification {
        guard definition.reading.layers?[LayerName.security] != nil else { return self }
        var found = self
        if settings["security"] == "any" {
            let answers = Self.security(at: address, besides: declared)
            found.lacks.merge(answers.refused) { $1 }
            found.shown.formUnion(answers.accepted)
        }
        guard settings["muxer"] == "any" else { return found }
        for name in ["yamux", "mplex"] where !declared.contains(name) {
            var own = settings
            own.values["muxer"] = name
            guard let network = try? SocketNetwork(),
                let preflight = Preflight(definition, own, at: address, seed: .random(in: .min ... .max))
            else { continue }
            switch preflight.ask(Driver(network)) {
            case .refused: found.lacks[name] = "the node does not offer it"
            case .found: found.shown.insert(name)
            default: break
            }
        }
        return found
    }
    /// Returns the security protocols that the libp2p node at an address accepts, by capability, and the ones that it
    /// does not accept, with the reason. A protocol is in neither list if no such node answers.
    static func security(
        at address: Endpoint, besides declared: Set<String> = []
    ) -> (accepted: Set<String>, refused: [String: String]) {
        var accepted: Set<String> = []
        var refused: [String: String] = [:]
        for (name, id) in MultistreamProbe.ours where !declared.contains(name) {
            guard case .speaks(let accepts) = MultistreamProbe.ask(id, at: address) else { continue }
            if accepts { accepted.insert(name) } else { refused[name] = "the node answers na to \(id)" }
        }
        return (accepted, refused)
    }
}
