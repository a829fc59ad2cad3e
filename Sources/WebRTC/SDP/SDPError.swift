/// The reason why a session description or a candidate is refused.
public struct SDPError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number of the line, from 1; nil if the whole text is meant.
    public var line: Int?
    /// The expected content.
    public var expected: String
    /// The content that was found; nil if it is missing.
    public var found: String?

    init(_ expected: String, found: (some StringProtocol)?, line: Int? = nil) {
        self.expected = expected
        // The text of another side may be long.
        self.found = found.map { String($0.prefix(80)) }
        self.line = line
    }
    init(missing expected: String) { self.init(expected, found: String?.none) }
    /// One line: the place, the expected content and the found content.
    public var description: String {
        let place = line.map { "SDP line \($0)" } ?? "SDP"
        return "\(place): expected \(expected), found \(found.map { "\"\($0)\"" } ?? "none")"
    }
}
