import Libp2p
import Network
import Node
import Scenario
import WebSocket

/// A probe that finds out which of several protocols the node at an address speaks.
enum ProtocolProbe {
    /// The result of a probe.
    enum Outcome {
        case found(Definition)
        /// No node accepts a connection or a datagram at the address. The value is the system's message.
        case nobody(String)
        /// The node speaks none of the protocols. The value has a line for each of them.
        case unknown([String])
    }
    /// Tries one protocol after the other. The first bytes identify a libp2p node. WebSocket itself is the last one,
    /// because all protocols above it speak it as well.
    static func find(_ definitions: [Definition], at address: Endpoint) throws(NetworkError) -> Outcome {
        let libp2p = definitions.filter { $0.reading.layers?[LayerName.security] != nil }
        if libp2p.count == 1, case .speaks = MultistreamProbe.ask(ProtocolID.noise, at: address) {
            return .found(libp2p[0])
        }
        let isLast = { (d: Definition) in d.name == Definition.webSocket.name }
        let others = definitions.filter { d in libp2p.count != 1 || d.name != libp2p[0].name }
        var words: [String] = []
        var refusal: String?
        var isThere = false
        for d in others.filter({ !isLast($0) }) + others.filter(isLast) {
            // No connection is accepted, so only datagrams are left to ask with.
            if refusal != nil, d.transport == .tcp { continue }
            guard let settings = try? d.settings(),
                let p = Preflight(d, settings, at: address, seed: .random(in: .min ... .max), orLayers: true)
            else { continue }
            let outcome = p.ask(Driver(try SocketNetwork()))
            switch outcome {
            case .found: return .found(d)
            case .nobody(let why) where d.transport == .tcp: refusal = why
            case .nobody: break
            case .silent, .foreign, .echo, .refused, .givenUp:
                if d.transport == .tcp { isThere = true }
                words.append("\(d.name): \(p.text(outcome, d))")
            }
        }
        if let refusal, !isThere { return .nobody(refusal) }
        return .unknown(words)
    }
    /// Returns the protocol on WebSocket that the node at a URL speaks; nil if it speaks none of these, or if its answer
    /// could be that of any WebSocket server.
    static func protocolOnWebSocket(_ definitions: [Definition], at text: String) -> Definition? {
        definitions.first { d in
            guard let url = try? TargetURL(text, d), url.isSecure == (d.reading.layers?.security != nil),
                var settings = try? d.settings()
            else { return false }
            settings.resource = url.resource
            guard let p = Preflight(d, settings, at: url.endpoint, seed: .random(in: .min ... .max)),
                let network = try? SocketNetwork(), case .found(let told) = p.ask(Driver(network))
            else { return false }
            return told.fault == nil && !(told.parameters.isEmpty && told.profiles.isEmpty)
        }
    }
}
