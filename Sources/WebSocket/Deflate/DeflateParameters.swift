/// The parameters of permessage-deflate that both ends agreed (RFC 7692, section 7.1).
public struct DeflateParameters: Hashable, Sendable {
    /// True if the server compresses each message by itself.
    public var serverNoContextTakeover = false
    /// True if the client compresses each message by itself.
    public var clientNoContextTakeover = false
    /// The base-2 logarithm of the window that the server compresses with: 8 to 15.
    public var serverMaxWindowBits = 15
    /// The base-2 logarithm of the window that the client compresses with: 8 to 15.
    public var clientMaxWindowBits = 15
    /// Creates the defaults: both windows have 15 bits, and both contexts are kept.
    public init() {}

    /// Returns true if this end forgets its context before each message.
    func forgetsContext(_ role: Role) -> Bool {
        role == .client ? clientNoContextTakeover : serverNoContextTakeover
    }
    /// Returns the window that this end compresses with.
    func windowBits(_ role: Role) -> Int { role == .client ? clientMaxWindowBits : serverMaxWindowBits }
}
