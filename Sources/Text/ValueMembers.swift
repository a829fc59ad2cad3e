package import Wire

extension Value {
    /// Returns the text of a member; nil if the member is missing or not a text.
    package func string(_ key: String) -> String? {
        if case .text(let s)? = self[key] { s } else { nil }
    }
    /// Returns the number of a member; nil if it is missing or negative.
    package func count(_ key: String) -> Int? { self[key]?.integer.map { Int(clamping: $0) } }
    /// Returns the values of a list; an empty array if the member is missing or not a list.
    package func items(_ key: String) -> [Value] {
        if case .list(let items)? = self[key] { items } else { [] }
    }
}
