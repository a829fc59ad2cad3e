import Node

/// A table whose keys are hashes already, so that a look-up need not hash. A key is never removed.
struct HeardTable<Value: Sendable>: Sendable {
    private var index = HashIndex()
    private var entries: [(key: HeardKey, value: Value)] = []

    /// The number of keys.
    var count: Int { entries.count }
    /// The value of a key. Setting it to nil has no effect.
    subscript(key: HeardKey) -> Value? {
        get { place(of: key).map { entries[$0].value } }
        set {
            guard let value = newValue else { return }
            if let place = place(of: key) { entries[place].value = value } else { _ = add(key, value) }
        }
    }
    /// The value of a key, to be changed in place.
    subscript(key: HeardKey, default value: @autoclosure () -> Value) -> Value {
        get { self[key] ?? value() }
        _modify {
            let place = place(of: key) ?? add(key, value())
            yield &entries[place].value
        }
    }
    private func place(of key: HeardKey) -> Int? { index.find(key.short) { entries[$0].key == key } }
    private mutating func add(_ key: HeardKey, _ value: Value) -> Int {
        index.insert(key.short, entries.count)
        entries.append((key, value))
        return entries.count - 1
    }
}
