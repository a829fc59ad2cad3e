import Node

/// The part of the original posts that a node follows.
enum Profile: String, CaseIterable, Sendable {
    /// The behaviour that the posts plan: phones learn about superpeers, and about far peers only what they ask for.
    case target
    /// The behaviour that the posts describe step by step: every node learns about every other.
    case narrated

    var summary: String {
        switch self {
        case .target: "INFO_ACK brings superpeers only, phones route to one of them, FIND finds far peers"
        case .narrated: "INFO_ACK brings every peer: the walk-through of the posts, table by table"
        }
    }
    /// Reads the profile from settings. The definition refuses unknown names; here they select `target`.
    init(_ settings: Settings) { self = Self(rawValue: settings.profile) ?? .target }
}
