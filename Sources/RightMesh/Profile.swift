import Node

/// Which part of the original posts a node behaves as.
enum Profile: String, CaseIterable, Sendable {
    /// What they plan: phones learn of superpeers, and of far peers only what they ask for.
    case target
    /// What they tell step by step: everybody learns of everybody.
    case narrated

    var summary: String {
        switch self {
        case .target: "INFO_ACK brings superpeers only, phones route to one of them, FIND finds far peers"
        case .narrated: "INFO_ACK brings every peer: the walk-through of the posts, table by table"
        }
    }
    /// Of settings; names that are not known (the definition refuses them) stand for the first choice.
    init(_ settings: Settings) { self = Self(rawValue: settings.profile) ?? .target }
}
