public import Node
internal import Wire

/// One wrong behaviour of a node on the wire. A wrapper around any node alters a message that it sends or receives, or
/// the time of an action of its own.
///
/// Its name is for example `says:rightmesh.hello.peers.records.hop:highest`, `hears:nano.keepalive:dropped` or
/// `timer:rightmesh.hello:late`.
public struct WireMutant: Hashable, Sendable {
    /// The place of the alteration.
    public enum Side: String, CaseIterable, Sendable {
        /// The messages that the node sends.
        case says
        /// The messages that the node receives.
        case hears
        /// The time of actions that no message requested.
        case timer
    }
    /// The place of the alteration.
    public var side: Side
    /// The name of the message; for a timer also `close` or `open`, for a connection.
    public var message: String
    /// The path of the field without indices, such as `peers.records.hop` for all elements of a list. Empty for the
    /// whole message.
    public var path: String
    /// The alteration.
    public var action: WireAction
    /// Creates a mutant from its parts.
    public init(_ side: Side, _ message: String, at path: String = "", _ action: WireAction) {
        (self.side, self.message, self.path, self.action) = (side, message, path, action)
    }
    /// The message, followed by the field, which rows of `mutations.yaml` select.
    public var subject: String { path.isEmpty ? message : message + "." + path }
    /// The name on the command line.
    public var name: String { "\(side.rawValue):\(subject):\(action.rawValue)" }

    /// Returns the mutant with this name in the catalogue of a protocol; nil if there is no mutant of this name.
    public static func named(_ name: String, of definition: Definition) -> WireMutant? {
        all(of: definition).first { $0.name == name }
    }
}

/// An alteration of a field, a message or a timer.
public enum WireAction: String, CaseIterable, Sendable {
    // Fields with a number, a truth value or text
    /// Adds one; the highest value becomes the lowest.
    case more
    /// Subtracts one; the lowest value becomes the highest.
    case less
    /// Sets zero, or an empty value.
    case lowest
    /// Sets all bits.
    case highest
    /// Changes the truth value or the text; a JSON value becomes another value of its kind.
    case other
    // Fields of several bytes
    /// Reverses the order of the bytes.
    case swapped
    /// Changes the first byte.
    case first
    /// Changes the last byte.
    case last
    // Any field
    /// Copies the value of the next similar field.
    case neighbour
    /// Copies the value from the previous message of this type.
    case stale
    /// Leaves the field out.
    case removed
    // Lists, and byte strings of any length
    /// Removes all elements.
    case emptied
    /// Removes the last element.
    case fewer
    /// Repeats the last element.
    case repeated
    /// Reverses the order of the elements.
    case reversed
    // Whole messages
    /// Drops the message when it is sent or received.
    case dropped
    /// Sends or receives the message twice.
    case doubled
    /// Sends or receives the message later. A timer takes twice as long.
    case late
    /// Sends the message before the messages sent earlier in the same turn.
    case ahead
    /// Sends the message on another connection, or receives it as if from another one.
    case elsewhere
    /// Removes the last byte without adapting lengths.
    case truncated
    /// Appends a byte.
    case trailing
    /// Changes a byte in the middle; nothing is computed again.
    case spoiled
    // Timers
    /// Halves the time.
    case early
    /// Prevents the action.
    case never

    /// Returns the possible alterations of a whole message.
    static func whole(_ side: WireMutant.Side) -> [WireAction] {
        switch side {
        case .says: [.dropped, .doubled, .late, .ahead, .elsewhere, .truncated, .trailing, .spoiled]
        case .hears: [.dropped, .doubled, .late, .elsewhere]
        case .timer: [.early, .late, .never]
        }
    }
}
