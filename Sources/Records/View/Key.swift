/// A key of a terminal, or a key combination.
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
    /// A typed character, never a control character.
    case character(Unicode.Scalar)
    /// Control and a lower-case letter.
    case control(Character)
}
