import Testing

@testable import Scenario

/// The positions and contents of nodes in a file.
@Suite struct YAMLTreeTests {
    static func read(_ text: String) throws -> YAMLNode {
        let (root, diagnostics) = YAMLTree.read(source(text))
        #expect(diagnostics.isEmpty)
        return try #require(root)
    }
    /// Returns one line for each node with its position and content.
    static func list(_ node: YAMLNode, _ indent: String = "") -> [String] {
        let s = node.span
        let place = "\(indent)\(s.start.line):\(s.start.column)-\(s.end.line):\(s.end.column)"
        switch node.content {
        case .scalar(let text, let isQuoted): return [place + (isQuoted ? " '\(text)'" : " \(text)")]
        case .sequence(let items): return [place + " list"] + items.flatMap { list($0, indent + "  ") }
        case .mapping(let members):
            return [place + " map"]
                + members.flatMap { m -> [String] in
                    let k = m.keySpan
                    return ["\(indent)  \(k.start.line):\(k.start.column)-\(k.end.line):\(k.end.column) \(m.key):"]
                        + list(m.value, indent + "    ")
                }
        }
    }

    @Test func everythingHasItsPlace() throws {
        let text = """
            # a comment
            a: 1
            "b b":  'it''s'
            c:
              - {d: [e, "f"], g: }
              - >
                h
                i
            """
        let list = Self.list(try Self.read(text))
        #expect(
            list == [
                "2:1-9:1 map", "  2:1-2:2 a:", "    2:4-2:5 1", "  3:1-3:6 b b:", "    3:9-3:16 'it's'", "  4:1-4:2 c:",
                "    5:3-9:1 list", "      5:5-5:23 map", "        5:6-5:7 d:", "          5:9-5:17 list",
                "            5:10-5:11 e", "            5:13-5:16 'f'", "        5:19-5:20 g:",
                "          5:22-5:22 ", "      6:5-8:6 'h i'",
            ])
    }
    @Test func columnsCountCharactersNotBytes() throws {
        let (_, d) = YAMLTree.read(source("{ä: 1, \u{1f600}x: 1, ä: 2}"))
        #expect(d.map(\.line) == ["MS0002 1:15 key `ä` appears twice"])
    }
    @Test func duplicateKeysAreAllTold() {
        let (root, d) = YAMLTree.read(source("a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n"))
        #expect(
            d.map(\.line) == [
                "MS0002 2:11 key `c` appears twice", "MS0002 3:1 key `a` appears twice",
                "MS0002 4:1 key `a` appears twice",
            ])
        #expect(d.map(\.notes) == [["first at 2:5"], ["first at 1:1"], ["first at 1:1"]])
        #expect(root?["a"].map(\.span.start) == Position(line: 1, column: 4))
    }
    @Test func mergeKeysAreRefused() {
        let (_, d) = YAMLTree.read(source("a: {b: 1}\nc:\n  <<: {b: 1}\n  d: 2\n"))
        #expect(d.map(\.line) == ["MS0008 3:3 merge keys are not used here"])
    }
    @Test func nothingChangesItsMeaning() throws {
        let words = ["no", "on", "017", "1:30", "1e3", "2024-01-01", "~", "null", "1_000", "0o7", ".inf", "=", "yes"]
        let root = try Self.read(words.map { "- \($0)" }.joined(separator: "\n"))
        guard case .sequence(let items) = root.content else { throw SpecificationError() }
        let texts = items.map { if case .scalar(let s, false) = $0.content { s } else { "?" } }
        #expect(texts == words)
    }
    @Test func linesEndAsTheyLike() {
        for end in ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"] {
            let file = source("a: 1" + end + "bb: 2" + end + "a: 3" + end + "c: 4" + end)
            let (_, d) = YAMLTree.read(file)
            #expect(d.map(\.line) == ["MS0002 3:1 key `a` appears twice"])
            #expect(file.line(3) == "a: 3", "\(end.debugDescription)")
            #expect(file.line(2) == "bb: 2")
            #expect(file.line(6) == "")
            #expect(file.line(0) == "")
        }
    }
    @Test func aByteOrderMarkIsNotPartOfTheFirstLine() {
        let file = source("\u{feff}a: 1\na: 2\n")
        #expect(YAMLTree.read(file).diagnostics.map(\.line) == ["MS0002 2:1 key `a` appears twice"])
        #expect(file.line(1) == "a: 1")
    }
}

struct SpecificationError: Error {}
