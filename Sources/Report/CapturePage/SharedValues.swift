internal import Wire

/// Values that several records have, each written once as JSON, in the order in which they came.
struct SharedValues<Key: Hashable> {
    private var places: [Key: Int] = [:]
    /// The values, with commas between.
    private(set) var text: [UInt8] = []

    /// The place of a value among the others; `value` is asked of one that is new.
    mutating func place(of key: Key, _ value: () -> Value) -> Int {
        if let known = places[key] { return known }
        let place = places.count
        places[key] = place
        if place > 0 { text.append(UInt8(ascii: ",")) }
        PageText.json(value(), to: &text)
        return place
    }
}
