/// The number that a packet had in the capture which it was taken from. It stands as a comment on the packet, since
/// that is what people and other tools read; `CaptureFiles` counts by it.
public enum OriginalFrame {
    private static let prefix = "original frame "
    /// Higher numbers are none: what is computed with them has room.
    private static let highest = 1 << 53

    /// The comment.
    public static func comment(_ number: Int) -> String { prefix + "\(number)" }
    /// The number in a comment; nil when it is about something else.
    public static func number(in comment: String) -> Int? {
        guard comment.hasPrefix(prefix), let number = Int(comment.dropFirst(prefix.count)),
            1...highest ~= number, comment == Self.comment(number)
        else { return nil }
        return number
    }
}
