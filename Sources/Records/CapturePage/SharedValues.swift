internal import Text
internal import Wire

/// Values that several records share. Each is written once as JSON, in the order of first use.
struct SharedValues<Key: Hashable> {
    private var places: [Key: Int] = [:]
    /// The JSON of the values that were not taken yet, separated by commas.
    private(set) var text: [UInt8] = []

    /// Returns the text and clears it.
    mutating func take() -> [UInt8] {
        defer { text.removeAll(keepingCapacity: true) }
        return text
    }

    /// Returns the index of a value. `value` is called only for a new key.
    mutating func place(of key: Key, _ value: () -> Value) -> Int {
        if let known = places[key] { return known }
        let place = places.count
        places[key] = place
        if !text.isEmpty { text.append(UInt8(ascii: ",")) }
        PageText.json(value(), to: &text)
        return place
    }
}
