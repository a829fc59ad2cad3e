import Libp2p
import Network
import Node
import Scenario

extension Identification {
    /// Returns the identification with the capabilities that a libp2p node does not accept. It proposes each security
    /// protocol and each muxer by itself, except the ones in `declared`, which the user has declared.
    func completed(
        _ definition: Definition, _ settings: Settings, at address: Endpoint, besides declared: Set<String> = []
    ) -> Identification {
        guard definition.layers?[LayerName.security] != nil else { return self }
        var found = self
        if settings["security"] == "any" {
            found.lacks.merge(Self.refusedSecurity(at: address, besides: declared)) { $1 }
        }
        guard settings["muxer"] == "any" else { return found }
        for name in ["yamux", "mplex"] where !declared.contains(name) {
            var own = settings
            own.values["muxer"] = name
            guard let network = try? SocketNetwork(),
                let preflight = Preflight(definition, own, at: address, seed: .random(in: .min ... .max))
            else { continue }
            if case .refused = preflight.ask(Driver(network)) { found.lacks[name] = "the node does not offer it" }
        }
        return found
    }
    /// Returns the security protocols that the libp2p node at an address does not accept, by capability, with the
    /// reason. They are unknown, and so missing, if no such node answers.
    static func refusedSecurity(at address: Endpoint, besides declared: Set<String> = []) -> [String: String] {
        var refused: [String: String] = [:]
        for (name, id) in MultistreamProbe.ours
        where !declared.contains(name) && MultistreamProbe.ask(id, at: address) == .speaks(accepts: false) {
            refused[name] = "the node answers na to \(id)"
        }
        return refused
    }
}
