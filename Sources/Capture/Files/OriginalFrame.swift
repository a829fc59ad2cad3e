/// The number that a packet had in the capture from which it was extracted. A comment on the packet holds it, because
/// users and other tools read comments. `CaptureFiles` numbers packets by it.
public enum OriginalFrame {
    private static let prefix = "original frame "
    /// The largest valid number, so that calculations with it do not overflow.
    private static let highest = 1 << 53

    /// Returns the comment for a number.
    public static func comment(_ number: Int) -> String { prefix + "\(number)" }
    /// Returns the number in a comment; nil if the comment is about something different.
    public static func number(in comment: String) -> Int? {
        guard comment.hasPrefix(prefix), let number = Int(comment.dropFirst(prefix.count)),
            1...highest ~= number, comment == Self.comment(number)
        else { return nil }
        return number
    }
}
