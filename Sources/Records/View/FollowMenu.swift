/// A menu of the peers and conversations that the user can follow from a message, with a filter for each.
public struct FollowMenu: Hashable, Sendable {
    /// A peer or a conversation.
    public struct Choice: Hashable, Sendable {
        /// The description, safe for a terminal.
        public var label: String
        /// The filter that selects its messages.
        public var filter: String
    }
    /// The choices; at least one.
    public var choices: [Choice]
    /// The index of the marked choice.
    public private(set) var marked = 0

    init(_ choices: [Choice]) { self.choices = choices }
    /// Moves the mark.
    mutating func take(_ key: Key) {
        switch key {
        case .up, .character("k"), .backTab: marked = max(0, marked - 1)
        case .down, .character("j"), .tab: marked = min(choices.count - 1, marked + 1)
        case .home: marked = 0
        case .end: marked = choices.count - 1
        default: break
        }
    }
    /// The marked choice.
    var choice: Choice? { choices.indices.contains(marked) ? choices[marked] : nil }
}
