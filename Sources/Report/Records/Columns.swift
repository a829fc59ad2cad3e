/// Cells of tables of text.
enum Columns {
    /// With spaces behind it; `count`: characters that are seen of the text, which may have colours in it.
    static func padded(_ text: String, _ count: Int, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - count))
    }
    /// With spaces behind it.
    static func padded(_ text: String, _ width: Int) -> String { padded(text, text.count, width) }
    /// With spaces before it.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
