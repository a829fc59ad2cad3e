public import Node
internal import Wire

/// One thing that a node does otherwise on the wire: what a wrapper around any node can alter of what it says, of what
/// it hears, and of when it acts of its own accord.
///
/// It goes by a name such as `says:rightmesh.hello.peers.records.hop:highest`, `hears:nano.keepalive:dropped` or
/// `timer:rightmesh.hello:late`.
public struct WireMutant: Hashable, Sendable {
    /// Where it is altered.
    public enum Side: String, CaseIterable, Sendable {
        /// What the node sends.
        case says
        /// What it receives.
        case hears
        /// When it does what nobody asked it for just then.
        case timer
    }
    /// Where it is altered.
    public var side: Side
    /// Name of the message; of a timer also `close` or `open`, of a connection.
    public var message: String
    /// Path of the field without indices, such as `peers.records.hop`: all elements of a list. Empty: the whole
    /// message.
    public var path: String
    /// What is done to it.
    public var action: WireAction
    /// One that does this there.
    public init(_ side: Side, _ message: String, at path: String = "", _ action: WireAction) {
        (self.side, self.message, self.path, self.action) = (side, message, path, action)
    }
    /// The message, and behind it the field: what rows of `mutations.yaml` are compared with.
    public var subject: String { path.isEmpty ? message : message + "." + path }
    /// As on the command line.
    public var name: String { "\(side.rawValue):\(subject):\(action.rawValue)" }

    /// What a protocol's catalogue has under this name; nil for none.
    public static func named(_ name: String, of definition: Definition) -> WireMutant? {
        all(of: definition).first { $0.name == name }
    }
}

/// What is done to a field, to a message or to a timer.
public enum WireAction: String, CaseIterable, Sendable {
    // A field that holds a number, a truth value or text.
    /// One more; after the highest value the lowest.
    case more
    /// One less; before the lowest value the highest.
    case less
    /// Zero, or empty.
    case lowest
    /// All bits set.
    case highest
    /// Another truth value, or other text; of a JSON value another one of its kind.
    case other
    // A field of several bytes.
    /// The bytes in the opposite order.
    case swapped
    /// Another first byte.
    case first
    /// Another last byte.
    case last
    // Any field.
    /// What the next field of the same kind beside it has.
    case neighbour
    /// What the field had in the message of this type before.
    case stale
    /// Left out.
    case removed
    // A list, or bytes of any number.
    /// Without elements.
    case emptied
    /// Without its last element.
    case fewer
    /// With its last element twice.
    case repeated
    /// With its elements in the opposite order.
    case reversed
    // A whole message.
    /// It does not go out, or is not heard.
    case dropped
    /// It goes out, or is heard, twice.
    case doubled
    /// It goes out, or is heard, later. A timer: it takes twice as long.
    case late
    /// It goes out before what was sent before it in the same turn.
    case ahead
    /// It goes out on another connection, or seems to come over it.
    case elsewhere
    /// Without its last byte, whatever the lengths in it say.
    case truncated
    /// With one more byte behind it.
    case trailing
    /// With another byte in its middle; nothing is computed again.
    case spoiled
    // A timer.
    /// Half as long.
    case early
    /// It never does this.
    case never

    /// What can be done to a whole message.
    static func whole(_ side: WireMutant.Side) -> [WireAction] {
        switch side {
        case .says: [.dropped, .doubled, .late, .ahead, .elsewhere, .truncated, .trailing, .spoiled]
        case .hears: [.dropped, .doubled, .late, .elsewhere]
        case .timer: [.early, .late, .never]
        }
    }
}
