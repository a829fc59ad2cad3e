internal import Glibc

/// The mutants that are compiled in. The environment variable MUTANT chooses one by its number.
///
/// A mutant is active only while the driver calls the node under test. The harness uses the same layers and framing for
/// its own side, and must stay as it is. If MUTANT_COVER names a file, the program writes into it which places the node
/// reached in each case.
public enum Mutant {
    private static let active: Int = getenv("MUTANT").flatMap { Int(String(cString: $0)) } ?? 0
    private static let cover: String? = getenv("MUTANT_COVER").map { String(cString: $0) }
    /// The number of calls of the node that are not over.
    nonisolated(unsafe) private static var depth = 0
    nonisolated(unsafe) private static var seen = Set<Int>()
    nonisolated(unsafe) private static var name = "-"
    nonisolated(unsafe) private static var report: [String] = []

    /// Returns true if a mutant is active. The node under test must be running.
    @inline(never) public static func on(_ n: Int) -> Bool { depth > 0 && constant(n) }
    /// Returns true if a mutant is active, whoever asks: constants are computed once, for the node and the harness.
    @inline(never) public static func constant(_ n: Int) -> Bool {
        if cover != nil { seen.insert(n) }
        return n == active
    }
    public static func flip(_ n: Int, _ value: Bool) -> Bool { on(n) ? !value : value }
    /// Returns a list whole, or the first element alone, or all but the first, or all but the last.
    public static func list<S: Sequence>(_ alone: Int, _ tail: Int, _ head: Int, _ whole: S) -> [S.Element] {
        if on(alone) { return Array(whole.prefix(1)) }
        if on(tail) { return Array(whole.dropFirst()) }
        if on(head) { return Array(whole.dropLast()) }
        return Array(whole)
    }
    public static func enter() { depth += 1 }
    public static func leave() { depth -= 1 }
    public static func within<T>(_ body: () -> T) -> T {
        enter()
        defer { leave() }
        return body()
    }
    /// Begins a case. What the node reaches from now on counts for it.
    public static func begins<T>(_ id: String, _ value: T) -> T {
        if let cover {
            if name == "-" { atexit { Mutant.write() } }
            _ = cover
            flush()
            name = id
        }
        return value
    }
    private static func flush() {
        report.append(name + "\t" + seen.sorted().map(String.init).joined(separator: " "))
        seen = []
    }
    private static func write() {
        flush()
        guard let cover, let file = fopen(cover, "w") else { return }
        for line in report { fputs(line + "\n", file) }
        fclose(file)
    }
}
