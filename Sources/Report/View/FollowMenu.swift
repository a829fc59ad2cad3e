/// Whom somebody may follow from a message: peers and conversations, with a filter for each.
public struct FollowMenu: Hashable, Sendable {
    /// A peer or a conversation.
    public struct Choice: Hashable, Sendable {
        /// What it is, harmless for a terminal.
        public var label: String
        /// What chooses its messages.
        public var filter: String
    }
    /// At least one.
    public var choices: [Choice]
    /// Place of the one that is marked.
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
    /// The choice that the mark is on.
    var choice: Choice? { choices.indices.contains(marked) ? choices[marked] : nil }
}
