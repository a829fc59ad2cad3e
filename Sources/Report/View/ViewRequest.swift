/// What a key asks of whoever runs the view.
public enum ViewRequest: Sendable {
    case none
    case quit
    /// Draw all again: something else wrote on the terminal.
    case redraw
    /// Another filter is applied. Keys that came with this one are about what it leaves: they wait until `hasWork` is
    /// over.
    case filter
}
