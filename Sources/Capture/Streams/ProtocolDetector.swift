import Node
import Wire

/// A detector of a connection's protocol: by rule, by well-known port, or by its first bytes.
struct ProtocolDetector: Sendable {
    var definitions: [Definition]
    var rules: [DecodeAs]
    /// The number of bytes of one direction that detection needs.
    static let enough = 8
    /// The maximum number of bytes that a probe reads.
    static let window = 256

    /// The result of detection by the first bytes.
    enum Answer {
        case no
        /// Only this protocol is likely. Unless it is settled, more bytes may change the result, which must not depend
        /// on how they were cut.
        case likely(Definition, isSettled: Bool)
        case certain(Definition)
        /// Several protocols are likely; this is the first of them.
        case several(Definition)
    }

    /// Returns the protocol that is known before the first byte: by rules in their order, then by ports. `knowsServer`:
    /// the server is known, so the port of the client means nothing.
    func byPort(
        _ client: Endpoint, _ server: Endpoint, _ transport: Transport = .tcp, knowsServer: Bool = false
    ) -> Definition? {
        if let claimed = byRule(client, server, transport) { return claimed }
        for port in knowsServer ? [server.port] : [server.port, client.port] {
            for d in definitions
            where d.transport == transport && d.configuration.ports.contains(where: { $0.number == port }) {
                return d
            }
        }
        return nil
    }
    /// Returns the protocol of the first rule that fits.
    func byRule(_ client: Endpoint, _ server: Endpoint, _ transport: Transport = .tcp) -> Definition? {
        for rule in rules where rule.transport == transport && (rule.port == server.port || rule.port == client.port) {
            if let named = definitions.first(where: { $0.name == rule.protocolName }) { return named }
        }
        return nil
    }
    /// Detects the protocol by the first bytes of a direction or by a datagram, with at least `enough` bytes.
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
    /// Returns the protocol over TCP that a datagram belongs to, because earlier versions of it used UDP: by a rule, or
    /// because the datagram is one message. On a known port, the beginning of a message is enough.
    func streamProtocol(of datagram: Datagram, _ payload: RawSpan) -> Definition? {
        if let named = byRule(datagram.source, datagram.destination, .udp), named.transport == .tcp { return named }
        for definition in definitions
        where definition.transport == .tcp && definition.reading.layers == nil && definition.reading.probe == nil {
            let isKnownPort = definition.configuration.ports.contains {
                $0.number == datagram.source.port || $0.number == datagram.destination.port
            }
            var framing = definition.reading.framing(nil)
            switch framing.next(payload) {
            case .message(_, let length) where isKnownPort && length > 0: return definition
            case .needMore where isKnownPort && payload.byteCount >= Self.enough: return definition
            case .message(let type, let length)
            where length == payload.byteCount && length > 0 && type.inspect(payload) != .refused:
                return definition
            default: break
            }
        }
        return nil
    }
    /// Returns how likely it is that one side of a protocol begins with these bytes, and true if more bytes do not
    /// change that.
    private static func likelihood(_ definition: Definition, _ bytes: RawSpan) -> (Likelihood, isSettled: Bool) {
        if let probe = definition.reading.probe {
            return (probe(bytes.extracting(first: window)), bytes.byteCount >= window)
        }
        var framing = definition.reading.framing(nil)
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
