public import Capture

/// A text field in which the user edits a filter.
public struct FilterInput: Hashable, Sendable {
    /// The text so far.
    public private(set) var scalars: [Unicode.Scalar]
    /// The number of characters before the cursor.
    public private(set) var cursor: Int
    /// The reason why the filter was rejected, until the text changes.
    public var error: FilterError?
    /// The text so far.
    public var text: String { String(String.UnicodeScalarView(scalars)) }

    /// Makes a field with the text of the current filter. The cursor is at its end.
    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        cursor = scalars.count
    }
    /// Handles a key that changes the text or moves the cursor.
    mutating func take(_ key: Key) {
        switch key {
        case .left: return cursor = max(0, cursor - 1)
        case .right: return cursor = min(scalars.count, cursor + 1)
        case .home, .control("a"): return cursor = 0
        case .end, .control("e"): return cursor = scalars.count
        case .character(let c):
            guard scalars.count < Filter.maximumLength else { return }
            scalars.insert(c, at: cursor)
            cursor += 1
        case .backspace:
            guard cursor > 0 else { return }
            cursor -= 1
            scalars.remove(at: cursor)
        case .delete, .control("d"):
            guard cursor < scalars.count else { return }
            scalars.remove(at: cursor)
        case .control("u"):
            scalars.removeSubrange(..<cursor)
            cursor = 0
        case .control("k"): scalars.removeSubrange(cursor...)
        case .control("w"):
            let start = wordStart
            scalars.removeSubrange(start..<cursor)
            cursor = start
        default: return
        }
        error = nil
    }
    /// The beginning of the word at or before the cursor.
    private var wordStart: Int {
        var i = cursor
        while i > 0, scalars[i - 1] == " " { i -= 1 }
        while i > 0, scalars[i - 1] != " " { i -= 1 }
        return i
    }
}
