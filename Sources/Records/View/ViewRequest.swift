/// The request of a key to the program that runs the view.
public enum ViewRequest: Sendable {
    case none
    case quit
    /// Draw everything again, because other output changed the terminal.
    case redraw
    /// Another filter is applied. Keys that arrived with this one refer to the filtered list, so they must wait until
    /// `hasWork` is false.
    case filter
}
