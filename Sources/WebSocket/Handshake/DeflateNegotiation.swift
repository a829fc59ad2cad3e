/// The negotiation of permessage-deflate (RFC 7692, section 7.1), for one end. What it sets is what this end wants.
public struct DeflateNegotiation: Hashable, Sendable {
    public static let name = "permessage-deflate"
    /// Wants the server to compress each message by itself; of a server: it does so.
    public var serverNoContextTakeover = false
    /// Wants the client to compress each message by itself; of a client: it does so.
    public var clientNoContextTakeover = false
    /// The largest window of the server, 8 to 15.
    public var serverMaxWindowBits = 15
    /// The largest window of the client, 8 to 15. A server can limit it only where the client says that it may.
    public var clientMaxWindowBits = 15
    /// Wants nothing in particular.
    public init() {}

    /// Of a client: the offer.
    public var offer: Extension {
        var out = Extension(name: Self.name)
        if serverNoContextTakeover { out.parameters.append(.init(name: Key.serverTakeover)) }
        if clientNoContextTakeover { out.parameters.append(.init(name: Key.clientTakeover)) }
        if serverMaxWindowBits < 15 {
            out.parameters.append(.init(name: Key.serverBits, value: String(serverMaxWindowBits)))
        }
        // Without a value it says only that the server may limit it.
        let bits = clientMaxWindowBits < 15 ? String(clientMaxWindowBits) : nil
        out.parameters.append(.init(name: Key.clientBits, value: bits))
        return out
    }
    /// Of a server: what it answers to an offer, and what both then do; nil: it declines.
    public func accept(_ offer: Extension) -> (answer: Extension, agreed: DeflateParameters)? {
        guard let asked = Self.values(offer, isOffer: true) else { return nil }
        var agreed = DeflateParameters()
        var answer = Extension(name: Self.name)
        agreed.serverNoContextTakeover = asked.serverTakeover || serverNoContextTakeover
        agreed.clientNoContextTakeover = asked.clientTakeover || clientNoContextTakeover
        agreed.serverMaxWindowBits = min(asked.serverBits ?? 15, serverMaxWindowBits)
        if asked.hasClientBits { agreed.clientMaxWindowBits = min(asked.clientBits ?? 15, clientMaxWindowBits) }
        if agreed.serverNoContextTakeover { answer.parameters.append(.init(name: Key.serverTakeover)) }
        if agreed.clientNoContextTakeover { answer.parameters.append(.init(name: Key.clientTakeover)) }
        if asked.serverBits != nil || agreed.serverMaxWindowBits < 15 {
            answer.parameters.append(.init(name: Key.serverBits, value: String(agreed.serverMaxWindowBits)))
        }
        if agreed.clientMaxWindowBits < 15 {
            answer.parameters.append(.init(name: Key.clientBits, value: String(agreed.clientMaxWindowBits)))
        }
        return (answer, agreed)
    }
    /// Of a client: what both do after this answer; nil: the answer does not fit the offer, and the connection fails.
    public func check(_ answer: Extension) -> DeflateParameters? {
        guard let agreed = Self.agreed(answer) else { return nil }
        let hasAnswered = answer.parameters.contains { $0.name == Key.serverBits }
        if serverNoContextTakeover, !agreed.serverNoContextTakeover { return nil }
        if serverMaxWindowBits < 15, !hasAnswered || agreed.serverMaxWindowBits > serverMaxWindowBits { return nil }
        guard agreed.clientMaxWindowBits > clientMaxWindowBits else { return agreed }
        if answer.parameters.contains(where: { $0.name == Key.clientBits }) { return nil }
        // The server did not limit it; the client keeps to what it offered.
        var own = agreed
        own.clientMaxWindowBits = clientMaxWindowBits
        return own
    }
    /// What an answer says by itself, for whoever looks on; nil: it is malformed.
    public static func agreed(_ answer: Extension) -> DeflateParameters? {
        guard let values = values(answer, isOffer: false) else { return nil }
        var agreed = DeflateParameters()
        agreed.serverNoContextTakeover = values.serverTakeover
        agreed.clientNoContextTakeover = values.clientTakeover
        agreed.serverMaxWindowBits = values.serverBits ?? 15
        agreed.clientMaxWindowBits = values.clientBits ?? 15
        return agreed
    }

    private enum Key {
        static let serverTakeover = "server_no_context_takeover"
        static let clientTakeover = "client_no_context_takeover"
        static let serverBits = "server_max_window_bits"
        static let clientBits = "client_max_window_bits"
    }
    /// Whether this is one of the parameters.
    static func knows(_ parameter: String) -> Bool {
        [Key.serverTakeover, Key.clientTakeover, Key.serverBits, Key.clientBits].contains(parameter)
    }
    private struct Values {
        var (serverTakeover, clientTakeover, hasClientBits) = (false, false, false)
        var serverBits: Int?
        var clientBits: Int?
    }
    /// The parameters; nil for one that is unknown, stands there twice, or has a value that it cannot have.
    private static func values(_ one: Extension, isOffer: Bool) -> Values? {
        guard one.name == name, Set(one.parameters.map(\.name)).count == one.parameters.count else { return nil }
        var out = Values()
        for parameter in one.parameters {
            switch (parameter.name, parameter.value) {
            case (Key.serverTakeover, nil): out.serverTakeover = true
            case (Key.clientTakeover, nil): out.clientTakeover = true
            case (Key.serverBits, let text?):
                guard let bits = bits(text) else { return nil }
                out.serverBits = bits
            case (Key.clientBits, let text?):
                guard let bits = bits(text) else { return nil }
                (out.hasClientBits, out.clientBits) = (true, bits)
            // Only in an offer may it stand without a value.
            case (Key.clientBits, nil) where isOffer: out.hasClientBits = true
            default: return nil
            }
        }
        return out
    }
    /// 8 to 15, without a zero before it.
    private static func bits(_ text: String) -> Int? {
        (8...15).first { String($0) == text }
    }
}
