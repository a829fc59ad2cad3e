/// The names of the values that a scenario binds. The scenario is written twice: the first pass finds the values that
/// are used, and only those have names in the second pass.
struct Variables {
    private var hints: [String] = []
    private(set) var used: Set<Int> = []
    private var names: [Int: String] = [:]
    private let taken: Set<String>
    /// True in the second pass.
    let isFinal: Bool

    /// Begins the first pass. `taken` holds names that have another meaning.
    init(taken: Set<String>) {
        self.taken = taken
        isFinal = false
    }
    /// Begins the second pass.
    init(after first: Variables) {
        taken = first.taken
        isFinal = true
        var all = first.taken
        // The last number given for each word, because thousands of values may ask for the same word.
        var last: [String: Int] = [:]
        for id in first.hints.indices where first.used.contains(id) {
            let hint = first.hints[id]
            var name = hint
            var n = last[hint] ?? 1
            while all.contains(name) {
                n += 1
                name = "\(hint)_\(n)"
            }
            last[hint] = n
            all.insert(name)
            names[id] = name
        }
    }
    /// Returns the name for a variable of a field: the last part of the field's path.
    static func hint(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? "value" }

    mutating func make(_ hint: String) -> Int {
        hints.append(hint)
        return hints.count - 1
    }
    /// Returns the name of a value, and marks the value as used.
    mutating func use(_ id: Int) -> String {
        used.insert(id)
        return names[id] ?? "value_\(id)"
    }
    /// Returns the name under which a value is saved; nil if the value is never used.
    func kept(_ id: Int) -> String? { isFinal ? names[id] : "value_\(id)" }
}
