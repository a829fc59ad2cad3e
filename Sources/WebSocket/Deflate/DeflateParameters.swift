/// What both ends agreed about permessage-deflate (RFC 7692, section 7.1).
public struct DeflateParameters: Hashable, Sendable {
    /// The server compresses each message by itself.
    public var serverNoContextTakeover = false
    /// The client compresses each message by itself.
    public var clientNoContextTakeover = false
    /// Base-2 logarithm of the window that the server compresses with: 8 to 15.
    public var serverMaxWindowBits = 15
    /// The same of the client.
    public var clientMaxWindowBits = 15
    /// The presets: both windows at 15 bits, and both contexts kept.
    public init() {}

    /// Whether this end forgets what it compressed before each message.
    func forgetsContext(_ role: Role) -> Bool {
        role == .client ? clientNoContextTakeover : serverNoContextTakeover
    }
    /// The window that this end compresses with.
    func windowBits(_ role: Role) -> Int { role == .client ? clientMaxWindowBits : serverMaxWindowBits }
}
