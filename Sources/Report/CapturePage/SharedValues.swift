internal import Wire

/// Values that several records have, each written once as JSON, in the order in which they came.
struct SharedValues<Key: Hashable> {
    private var places: [Key: Int] = [:]
    /// Those that were not taken yet, with commas between.
    private(set) var text: [UInt8] = []

    /// The text, of which nothing is left.
    mutating func take() -> [UInt8] {
        defer { text.removeAll(keepingCapacity: true) }
        return text
    }

    /// The place of a value among the others; `value` is asked of one that is new.
    mutating func place(of key: Key, _ value: () -> Value) -> Int {
        if let known = places[key] { return known }
        let place = places.count
        places[key] = place
        if !text.isEmpty { text.append(UInt8(ascii: ",")) }
        PageText.json(value(), to: &text)
        return place
    }
}
