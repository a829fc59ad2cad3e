import Node
import Wire

/// Which protocol a connection speaks: by rule, by well-known port, or by its first bytes.
struct Guess: Sendable {
    var definitions: [Definition]
    var rules: [DecodeAs]
    /// Bytes of one direction that are needed to tell a protocol by them.
    static let enough = 8

    /// By what is known before a byte was seen: rules first, in their order, then ports.
    func byPort(_ client: Endpoint, _ server: Endpoint) -> Definition? {
        for rule in rules where rule.transport == .tcp && (rule.port == server.port || rule.port == client.port) {
            if let named = definitions.first(where: { $0.name == rule.protocolName }) { return named }
        }
        for port in [server.port, client.port] {
            for definition in definitions where definition.transport == .tcp {
                if definition.ports.contains(where: { $0.number == port }) { return definition }
            }
        }
        return nil
    }
    /// By the first bytes of a direction, of which there are at least `enough`: a message stands there, or may.
    func byBytes(_ bytes: RawSpan) -> Definition? {
        definitions.first { definition in
            guard definition.transport == .tcp else { return false }
            var framing = definition.framing(nil)
            return switch framing.next(bytes) {
            case .message, .needMore: true
            case .refused: false
            }
        }
    }
}
