/// The negotiation of permessage-deflate (RFC 7692, section 7.1) for one end. The properties are the wishes of this
/// end.
public struct DeflateNegotiation: Hashable, Sendable {
    public static let name = "permessage-deflate"
    /// True if the server should compress each message by itself. A client asks for this, and a server does it.
    public var serverNoContextTakeover = false
    /// True if the client should compress each message by itself. A server asks for this, and a client does it.
    public var clientNoContextTakeover = false
    /// The largest window of the server in bits, 8 to 15.
    public var serverMaxWindowBits = 15
    /// The largest window of the client in bits, 8 to 15. A server can limit it only if the client allows that.
    public var clientMaxWindowBits = 15
    /// Creates a negotiation without any wishes.
    public init() {}

    /// The offer of a client.
    public var offer: Extension {
        var out = Extension(name: Self.name)
        if serverNoContextTakeover { out.parameters.append(.init(name: Key.serverTakeover)) }
        if clientNoContextTakeover { out.parameters.append(.init(name: Key.clientTakeover)) }
        if serverMaxWindowBits < 15 {
            out.parameters.append(.init(name: Key.serverBits, value: String(serverMaxWindowBits)))
        }
        // Without a value, the parameter says only that the server may limit the window.
        let bits = clientMaxWindowBits < 15 ? String(clientMaxWindowBits) : nil
        out.parameters.append(.init(name: Key.clientBits, value: bits))
        return out
    }
    /// Returns a server's answer to an offer, and the agreed parameters; nil if it declines.
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
    /// Checks an answer for a client and returns the agreed parameters. Nil if the answer does not fit the offer, so
    /// that the connection fails.
    public func check(_ answer: Extension) -> DeflateParameters? {
        guard let agreed = Self.agreed(answer) else { return nil }
        let hasAnswered = answer.parameters.contains { $0.name == Key.serverBits }
        if serverNoContextTakeover, !agreed.serverNoContextTakeover { return nil }
        if serverMaxWindowBits < 15, !hasAnswered || agreed.serverMaxWindowBits > serverMaxWindowBits { return nil }
        guard agreed.clientMaxWindowBits > clientMaxWindowBits else { return agreed }
        if answer.parameters.contains(where: { $0.name == Key.clientBits }) { return nil }
        // The server did not limit the window; the client keeps to its offer.
        var own = agreed
        own.clientMaxWindowBits = clientMaxWindowBits
        return own
    }
    /// Returns the parameters in an answer, for a passive observer; nil if it is malformed.
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
    /// Returns true if the parameter belongs to permessage-deflate.
    static func knows(_ parameter: String) -> Bool {
        [Key.serverTakeover, Key.clientTakeover, Key.serverBits, Key.clientBits].contains(parameter)
    }
    private struct Values {
        var (serverTakeover, clientTakeover, hasClientBits) = (false, false, false)
        var serverBits: Int?
        var clientBits: Int?
    }
    /// Returns the parameters; nil if one is unknown, occurs twice, or has an invalid value.
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
            // Only an offer may have the parameter without a value.
            case (Key.clientBits, nil) where isOffer: out.hasClientBits = true
            default: return nil
            }
        }
        return out
    }
    /// Returns 8 to 15; nil for another number or one with a leading zero.
    private static func bits(_ text: String) -> Int? {
        (8...15).first { String($0) == text }
    }
}
