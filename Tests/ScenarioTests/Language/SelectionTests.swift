import Testing

@testable import Scenario

@Suite struct SelectionTests {
    static let scenarios: [Scenario] = [
        ("a.one", "slow", "NANO-16"), ("a.two", "fast", "NANO-17"), ("b.one", "fast", "NANO-06"),
    ]
    .compactMap { id, tag, req in
        let file = nanoFile("  - wait: 1s\n    req: NANO-18", extra: "tags: [\(tag), all, v1.0]")
            .replacing("id: x", with: "id: \(id)").replacing("covers: [NANO-16]", with: "covers: [NANO-18, \(req)]")
            .replacing("req: NANO-18", with: "req: NANO-18\n  - wait: 1s\n    req: \(req)")
        return Scenario.load(source(file), Specification.library).scenario
    }
    static func ids(_ text: String) -> String {
        do throws(Selection.Failure) {
            let s = try Selection(text)
            return scenarios.filter(s.takes).map(\.id).joined(separator: " ")
        } catch {
            return "error: \(error)"
        }
    }

    /// The id decides for the words that can only be ids.
    @Test(arguments: [
        ("a.*", true), ("b.*", false), ("id:x", false), ("tag:x", true), ("x", true), ("!a.one", true),
        ("a.one && b.*", false), ("a.one && x", true), ("b.* || id:a*", true), ("b.* || req:x", true),
        ("b.*||id:b", false), ("v1.0", false),
    ]) func mayTake(_ text: String, _ may: Bool) throws {
        #expect(try Selection(text).mayTake(id: "a.one") == may)
    }
    @Test(arguments: [
        ("a.one", "a.one"), ("a.*", "a.one a.two"), ("*.one", "a.one b.one"), ("*", "a.one a.two b.one"), ("a.on", ""),
        ("slow", "a.one"), ("all", "a.one a.two b.one"), ("tag:fast", "a.two b.one"), ("tag:a.one", ""),
        ("id:fast", ""), ("id:b.*", "b.one"), ("v1.0", ""), ("tag:v1.0", "a.one a.two b.one"),
        ("req:NANO-16", "a.one"), ("NANO-1*", "a.one a.two b.one"), ("req:NANO-*6", "a.one b.one"), ("req:slow", ""),
        ("!slow", "a.two b.one"), ("not slow", "a.two b.one"), ("!!slow", "a.one"), ("fast && a.*", "a.two"),
        ("fast and a.*", "a.two"),
        ("slow || b.*", "a.one b.one"), ("slow or b.*", "a.one b.one"),
        // `!` has a higher precedence than `&&`, which has a higher one than `||`.
        ("slow || fast && b.*", "a.one b.one"), ("(slow || fast) && b.*", "b.one"),
        ("!slow && fast || slow", "a.one a.two b.one"),
        ("!(slow || b.*)", "a.two"), ("!slow && !b.*", "a.two"), ("slow||b.*", "a.one b.one"), ("fast&&!b.*", "a.two"),
        ("  fast  ", "a.two b.one"), ("tag:f*t", "a.two b.one"), ("*n*", "a.one b.one"), ("a*o*e", "a.one"),
        ("a.one*a.one", ""),
        ("**", "a.one a.two b.one"), ("tag:", ""),
        ("", "error: a word is missing: write for instance `tag:handshake && !slow`"),
        ("slow &&", "error: a word is missing: write for instance `tag:handshake && !slow`"),
        ("|| slow", "error: a word is missing: write for instance `tag:handshake && !slow`"),
        ("(slow", "error: a `(` is not closed"), ("slow)", "error: unexpected `)` in `slow)`"),
        ("slow fast", "error: unexpected `fast` in `slow fast`"),
        ("!", "error: a word is missing: write for instance `tag:handshake && !slow`"),
        ("()", "error: a word is missing: write for instance `tag:handshake && !slow`"),
    ])
    func selected(_ text: String, _ ids: String) {
        #expect(Self.ids(text) == ids)
    }
    @Test func nesting() {
        let deep = String(repeating: "(", count: 500) + "slow"
        #expect(Self.ids(deep) == "error: the selection is nested too deeply")
        #expect(
            Self.ids(String(repeating: "!", count: 500) + "slow") == "error: the selection is nested too deeply")
        let long = Array(repeating: "slow", count: 3_000).joined(separator: " || ")
        #expect(Self.ids(long) == "error: the selection has more than 1000 words")
    }
    @Test(arguments: [
        ("abc", "abc", true), ("abc", "a*c", true), ("abc", "a*b", false), ("ac", "a*c", true), ("aa", "a*a", true),
        ("a", "a*a", false),
        ("abcabc", "a*b*c", true), ("abc", "*", true), ("", "*", true), ("", "", true), ("abc", "", false),
        ("abab", "*ab*ab*", true),
        ("aba", "*ab*ab*", false), ("a*b", "a*b", true), ("xay", "*a", false),
    ])
    func globs(_ text: String, _ pattern: String, _ fits: Bool) {
        #expect(Selection.fits(text, pattern) == fits)
    }
}
