/// A key of a terminal, or what one stands for.
public enum Key: Hashable, Sendable {
    case up
    case down
    case left
    case right
    case pageUp
    case pageDown
    case home
    case end
    case tab
    case backTab
    case enter
    case escape
    case backspace
    case delete
    /// A character that is typed, never a control character.
    case character(Unicode.Scalar)
    /// Control and a letter, in small.
    case control(Character)
}
