/// Names of the values that a scenario binds. Written twice: the first time finds out which of them anybody uses, the
/// second time those alone have names.
struct Variables {
    private var hints: [String] = []
    private(set) var used: Set<Int> = []
    private var names: [Int: String] = [:]
    private let taken: Set<String>
    /// The second time.
    let isFinal: Bool

    /// `taken` are names that mean something else.
    init(taken: Set<String>) {
        self.taken = taken
        isFinal = false
    }
    /// For the second time.
    init(after first: Variables) {
        taken = first.taken
        isFinal = true
        var all = first.taken
        // The number behind a word that was given last: thousands may want the same word.
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
    /// What a variable for a field is called after: the last part of its path.
    static func hint(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? "value" }

    mutating func make(_ hint: String) -> Int {
        hints.append(hint)
        return hints.count - 1
    }
    /// The name of a value, for a place that uses it.
    mutating func use(_ id: Int) -> String {
        used.insert(id)
        return names[id] ?? "value_\(id)"
    }
    /// The name under which a value is kept; nil when nobody uses it.
    func kept(_ id: Int) -> String? { isFinal ? names[id] : "value_\(id)" }
}
