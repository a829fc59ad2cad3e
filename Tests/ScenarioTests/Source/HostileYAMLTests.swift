import Nano
import Node
import Testing

@testable import Scenario

/// Hostile files.
@Suite struct HostileYAMLTests {
    static func lines(_ bytes: [UInt8]) -> [String] {
        let (root, d) = YAMLTree.read(SourceFile(name: "x.yaml", bytes: bytes))
        #expect(root != nil || !d.isEmpty)
        return d.map(\.line)
    }
    static func lines(_ text: String) -> [String] { lines(Array(text.utf8)) }
    static func times(_ s: String, _ n: Int) -> String { String(repeating: s, count: n) }

    @Test func manyNodes() {
        #expect(Self.lines("[" + Self.times("x,", 9_999) + "]").isEmpty == true)
        #expect(
            Self.lines("[" + Self.times("x,", 10_000) + "]") == ["MS0003 1:20000 more than 10000 nodes"])
    }
    @Test func anchorsAndAliasesAreRefused() {
        #expect(
            Self.lines("a: &a [*a]") == [
                "MS0008 1:4 `&a` is an anchor of YAML", "MS0008 1:8 `*a` is an alias of YAML",
            ])
        #expect(
            Self.lines("&x a: *b") == ["MS0008 1:1 `&x` is an anchor of YAML", "MS0008 1:7 `*b` is an alias of YAML"])
    }
    @Test func depth() {
        #expect(Self.lines(Self.times("[", 64) + "x" + Self.times("]", 64)) == [])
        #expect(
            Self.lines(Self.times("[", 65) + "x" + Self.times("]", 65)) == ["MS0004 1:65 nested deeper than 64 levels"])
        #expect(
            Self.lines(Self.times("{a: ", 65) + Self.times("}", 65)) == ["MS0004 1:257 nested deeper than 64 levels"])
        let stairs = (0..<70).map { Self.times(" ", $0) + "a:\n" }.joined()
        #expect(Self.lines(stairs) == ["MS0004 65:65 nested deeper than 64 levels"])
    }
    @Test(arguments: ["[", "{", "[\n", "- ", "? ", "a: {", "&a [", "\"", "!!", "%"])
    func tenMegabytesOf(_ what: String) {
        #expect(
            Self.lines(Self.times(what, 10_000_000 / what.utf8.count)).first?.hasPrefix("MS0005 1:1 the file has")
                == true)
        #expect(!Self.lines(Self.times(what, YAMLLimits.written.size / what.utf8.count)).isEmpty)
    }
    @Test func size() {
        let full = "a: 1\n" + Self.times("#", YAMLLimits.written.size - 5)
        #expect(Self.lines(full) == [])
        #expect(Self.lines(full + "#") == ["MS0005 1:1 the file has 1048577 bytes, at most 1048576 are read"])
    }
    @Test func encodings() {
        #expect(Self.lines([0x61, 0x3a, 0x20, 0xff]) == ["MS0006 1:4 the file is not UTF-8"])
        #expect(Self.lines(Array("a: 1\nb: ä".utf8).dropLast()) == ["MS0006 2:4 the file is not UTF-8"])
        #expect(Self.lines([0xff, 0xfe, 0x61, 0, 0x3a, 0]) == ["MS0006 1:1 the file is not UTF-8"])
        // An overlong encoding, and a surrogate.
        #expect(Self.lines([0x61, 0xc0, 0xaf]) == ["MS0006 1:2 the file is not UTF-8"])
        #expect(Self.lines([0xed, 0xa0, 0x80]) == ["MS0006 1:1 the file is not UTF-8"])
    }
    @Test func controlCharacters() {
        #expect(Self.lines("a: 1\nb: x\0y") == ["MS0001 2:5 control characters are not allowed"])
        #expect(Self.lines("a: \u{1b}[31m") == ["MS0001 1:4 control characters are not allowed"])
    }
    @Test(arguments: [
        ("", "MS0100 1:1 the file is empty"), ("# only\n", "MS0100 1:1 the file is empty"),
        ("a: 1\n---\nb: 2\n", "MS0007 2:1 a second document begins here"),
        ("a: 1\n...\n---\n", "MS0007 3:1 a second document begins here"),
        ("a:\n\tb: 1\n", "MS0001 2:1 found character that cannot start any token while scanning for the next token"),
        ("a:\n    b: 1\n  c: 2\n", "MS0001 3:3 did not find expected key while parsing a block mapping"),
        ("a: b: c\n", "MS0001 1:5 mapping values are not allowed in this context"),
        ("a: [1, 2\nb: 3\n", "MS0001 2:2 did not find expected ',' or ']' while parsing a flow sequence"),
        ("a: {b: 1", "MS0001 2:1 did not find expected ',' or '}' while parsing a flow mapping"),
        ("a: 'b\n", "MS0001 2:1 found unexpected end of stream while scanning a quoted scalar"),
        ("? [a]\n: b\n", "MS0100 1:3 a key must be a word"), ("*a : b\n", "MS0100 1:1 a key must be a word"),
        ("a: !x b\n", "MS0009 1:4 `!x` is a tag of YAML"), ("a: ! b\n", "MS0009 1:4 `!` is a tag of YAML"),
        ("a: !!int 3\n", "MS0009 1:4 `!!int` is a tag of YAML"), ("!t [a]\n", "MS0009 1:1 `!t` is a tag of YAML"),
        ("!t {a: 1}\n", "MS0009 1:1 `!t` is a tag of YAML"),
    ])
    func broken(_ text: String, _ line: String) {
        #expect(Self.lines(text) == [line])
    }
    @Test func whereItBeganIsTold() {
        #expect(YAMLTree.read(source("a:\n  - [1,\n  2\nb: 3\n")).diagnostics.first?.notes == ["it began at 2:5"])
    }

    /// Each mutant of a real file gives either a scenario or an error, never both.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func mutants(_ shard: UInt64) {
        var random = Random(seed: 20_260_704, "mutants", String(shard))
        let pieces = [
            "$(", ")", "'", "\"", "{", "}", "[", "]", ": ", ", ", "- ", "\n", "\t", "&a ", "*a ", "<<: ", "$save",
            "$not: ",
            "99999999999999999999", "-1", "0x", "!", "|", ">", "#", "\0", "\u{feff}", "null", "5s", "..", "/ 0", "+",
            "[[", "$(1/0)",
        ].map { Array($0.utf8) }
        let files = Specification.files
        var loaded = 0
        for _ in 0..<5_000 {
            var bytes = files[Int(random.next() % UInt64(files.count))].bytes
            for _ in 0...random.next() % 3 {
                let at = Int(random.next() % UInt64(bytes.count + 1))
                let length = Int(random.next() % 12)
                let end = min(bytes.count, at + length)
                switch random.next() % 6 {
                case 0: bytes.removeSubrange(at..<end)
                case 1: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: at)
                case 2: bytes.replaceSubrange(at..<end, with: random.bytes(end - at))
                case 3: bytes.insert(contentsOf: bytes[at..<end], at: Int(random.next() % UInt64(bytes.count + 1)))
                case 4 where at < bytes.count: bytes[at] ^= 1 << UInt8(random.next() % 8)
                default:
                    let other = files[Int(random.next() % UInt64(files.count))].bytes
                    let from = Int(random.next() % UInt64(other.count))
                    bytes.insert(contentsOf: other[from..<min(other.count, from + 40)], at: at)
                }
            }
            let file = SourceFile(name: "mutant.yaml", bytes: bytes)
            let (scenario, diagnostics) = Scenario.load(file, Specification.library)
            let hasErrors = diagnostics.contains { $0.severity == .error }
            if (scenario != nil) == hasErrors {
                Issue.record("both or neither: \(String(decoding: bytes, as: UTF8.self))")
            }
            if scenario != nil { loaded += 1 }
            for d in diagnostics.prefix(3) { _ = d.rendered(file) }
        }
        // Some mutations are harmless. A loader that refuses all files would pass the rest of this test.
        #expect((100..<2_500).contains(loaded))
    }
}
