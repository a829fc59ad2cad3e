import Node
import Wire

/// Which protocol a connection speaks: by rule, by well-known port, or by its first bytes.
struct ProtocolDetector: Sendable {
    var definitions: [Definition]
    var rules: [DecodeAs]
    /// Bytes of one direction that are needed to tell a protocol by them.
    static let enough = 8
    /// A probe sees at most so many.
    static let window = 256

    /// What the first bytes tell.
    enum Answer {
        case no
        /// Only this one is likely. Until that is settled more bytes may tell more: what is decided must not turn on
        /// how they were cut.
        case likely(Definition, isSettled: Bool)
        case certain(Definition)
        /// More than one is likely; the first of them.
        case several(Definition)
    }

    /// Returns the protocol that is known before the first byte: by rules in their order, then by ports. `knowsServer`:
    /// the server is known, so the port of the client means nothing.
    func byPort(
        _ client: Endpoint, _ server: Endpoint, _ transport: Transport = .tcp, knowsServer: Bool = false
    ) -> Definition? {
        if let claimed = byRule(client, server, transport) { return claimed }
        for port in knowsServer ? [server.port] : [server.port, client.port] {
            for d in definitions where d.transport == transport && d.ports.contains(where: { $0.number == port }) {
                return d
            }
        }
        return nil
    }
    /// By the first rule that fits.
    func byRule(_ client: Endpoint, _ server: Endpoint, _ transport: Transport = .tcp) -> Definition? {
        for rule in rules where rule.transport == transport && (rule.port == server.port || rule.port == client.port) {
            if let named = definitions.first(where: { $0.name == rule.protocolName }) { return named }
        }
        return nil
    }
    /// By the first bytes of a direction, or a datagram, of which there are at least `enough`.
    func byBytes(_ bytes: RawSpan, _ transport: Transport = .tcp) -> Answer {
        var best: Definition?
        var isSettled = true
        var count = 0
        for definition in definitions where definition.transport == transport {
            let (likelihood, isItsLast) = Self.likelihood(definition, bytes)
            switch likelihood {
            case .no: continue
            case .certain: return .certain(definition)
            case .likely:
                best = best ?? definition
                isSettled = isItsLast
                count += 1
            }
        }
        return best.map { count == 1 ? .likely($0, isSettled: isSettled) : .several($0) } ?? .no
    }
    /// How likely these bytes are the beginning of what one side says in a protocol, and whether that stays so.
    private static func likelihood(_ definition: Definition, _ bytes: RawSpan) -> (Likelihood, isSettled: Bool) {
        if let probe = definition.probe { return (probe(bytes.extracting(first: window)), bytes.byteCount >= window) }
        var framing = definition.framing(nil)
        switch framing.next(bytes) {
        case .refused: return (.no, true)
        case .needMore: return (.likely, false)
        case .message(_, let length) where length <= 0: return (.no, true)
        case .message(let type, let length):
            guard length <= bytes.byteCount else { return (.likely, false) }
            return (type.inspect(bytes.extracting(0..<length)) != .refused ? .certain : .likely, true)
        }
    }
}
