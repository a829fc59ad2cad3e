/// The ids of peers as people write them, for a protocol whose users do not write their bytes as hexadecimal digits.
public struct PeerNames: Sendable {
    /// Returns the text of a field that identifies a peer; nil if the bytes identify none.
    public var text: @Sendable ([UInt8]) -> String?
    /// Returns the form of `text` for the id, or the beginning of an id, that a user gives; nil for any other text.
    public var typed: @Sendable (String) -> String?
    /// The number of characters that a list shows of an id.
    public var shown: Int
    /// Creates the names from both functions.
    public init(
        shown: Int, text: @escaping @Sendable ([UInt8]) -> String?, typed: @escaping @Sendable (String) -> String?
    ) {
        (self.shown, self.text, self.typed) = (shown, text, typed)
    }
}
