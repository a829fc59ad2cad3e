import Testing

@testable import Scenario

/// The formatter gives all files one form and loses nothing.
@Suite struct FormatterTests {
    static func format(_ text: String) -> String? { Formatter.format(source(text)).text }

    /// The input and the output. A formatted text does not change again.
    static let table: [(String, String)] = [
        ("a: 1", "a: 1\n"),
        ("a:   1   \n\n\n\nb:  2\n\n\n", "a: 1\n\nb: 2\n"),
        ("\n\n# x   \n\n\na: 1\n", "# x\n\na: 1\n"),
        // Indentation.
        ("a:\n        b:\n          - 1\n          -    2\n", "a:\n  b:\n    - 1\n    - 2\n"),
        ("a:\n- b:   1\n  c: 2\n-   - d\n    - e\n", "a:\n  - b: 1\n    c: 2\n  - - d\n    - e\n"),
        // Maps and lists in braces.
        ("a: {b : 1,c: [1,2 ,  3] , d: { } ,e: []}", "a: {b: 1, c: [1, 2, 3], d: {}, e: []}\n"),
        ("a: {b: 1,\n    c: 2}\n", "a: {b: 1, c: 2}\n"),
        ("a:\n  {b: 1}\n", "a: {b: 1}\n"),
        ("- {a: b}\n- [c,\n   d]\n", "- {a: b}\n- [c, d]\n"),
        ("{a: 1,b: 2}\n", "{a: 1, b: 2}\n"),
        // Comments.
        ("a: 1 # x\n# y\nb: 2    # z\n", "a: 1  # x\n# y\nb: 2  # z\n"),
        ("a: # x\n  # y\n  b: 1\n", "a:  # x\n  # y\n  b: 1\n"),
        ("a:\n   # x\n   - 1\n   # y\n# z\nb: 2\n", "a:\n  # x\n  - 1\n  # y\n# z\nb: 2\n"),
        ("a: {b: 1, # x\n # y\n  c: 2 # z\n}\n", "a:\n  b: 1  # x\n  # y\n  c: 2  # z\n"),
        ("a: # x\n  1\n", "a: 1  # x\n"),
        ("a: # x\n  # y\n  1 # z\n", "a: 1  # x\n# y\n# z\n"),
        ("- # x\n  a: 1\n", "# x\n- a: 1\n"),
        ("a: 1\n  # x\n\n\n# y", "a: 1\n# x\n\n# y\n"),
        ("--- # x\na: '#y' # z\n... # e\n", "# x\na: \"#y\"  # z\n# e\n"),
        ("a: | # x\n    # y\n    z\n# e\n", "a: |  # x\n  # y\n  z\n# e\n"),
        // Quotes.
        ("a: 'x'\nb: \"y z\"\nc: 'don''t'\nd: \"a\\\"b\"\n", "a: x\nb: y z\nc: don't\nd: a\"b\n"),
        (
            "a: ['', ' x', '5', 'no', '1e3', '-', 'x: y', 'x #y', '2024-01-01', '0x52', '5s', '~']\n",
            "a: [\"\", \" x\", \"5\", \"no\", \"1e3\", \"-\", \"x: y\", \"x #y\", \"2024-01-01\", \"0x52\", \"5s\", \"~\"]\n"
        ),
        ("a: ['$(f(x, y))', \"$(f(x))\"]\nb: '$(f(x, y))'\n", "a: [\"$(f(x, y))\", $(f(x))]\nb: $(f(x, y))\n"),
        ("a: \"x\\ty\"\nb: 'say \"a: b\"'\n", "a: \"x\\ty\"\nb: 'say \"a: b\"'\n"),
        ("'a': 1\n'b c': 2\n'd: e': 3\n", "a: 1\nb c: 2\n\"d: e\": 3\n"),
        // Long texts keep their line breaks.
        ("a:    one\n      two\n\n      three\nb: 'x\n y'\n", "a: one\n  two\n\n  three\nb: 'x\n  y'\n"),
        ("a:\n    - |\n        x\n         y\n\n    - >-\n     z\n", "a:\n  - |\n    x\n     y\n\n  - >-\n    z\n"),
        ("a: |+\n    x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"),
        ("a: |2\n    x\nb:\n  - |1-\n     y\n", "a: |2\n    x\nb:\n  - |2-\n      y\n"),
        // The version.
        ("# x\n\nid: a\n# y\nmeshspec:   1 # z\nb: 2\n", "# x\n\nmeshspec: 1  # z\nid: a\n# y\nb: 2\n"),
        ("id: a\nmeshspec-target: 1", "meshspec-target: 1\nid: a\n"),
        // The formatter does not change a text if it cannot distinguish two spellings.
        ("%YAML 1.1\n---\na:   1\n", "%YAML 1.1\n---\na:   1\n"),
        // Line ends, tabs and byte order marks.
        ("\u{feff}a:  1\r\nb:\r\n    - 2\r\n", "a: 1\nb:\n  - 2\n"),
        ("a:\t1\t# x\t\nb: {c:\t2}\n", "a: 1  # x\nb: {c: 2}\n"),
        ("a:\nb: ~\nc: {d: , e}\n", "a:\nb: ~\nc: {d: , e: }\n"),
        ("? a\n: 1\n? b\n", "a: 1\nb:\n"),
    ]
    @Test(arguments: table)
    func written(_ text: String, _ wanted: String) {
        let made = Self.format(text)
        if wanted.isEmpty {
            #expect(made == nil)
        } else {
            #expect(made == wanted)
            #expect(Self.format(wanted) == wanted)
        }
    }
    /// A map in braces may have at most 120 columns.
    @Test func longMapsGetLines() {
        func file(_ n: Int) -> String { "- a: {b: \(String(repeating: "x", count: n)), c: {d: 1}}  # why\n" }
        #expect(Self.format(file(99)) == file(99))
        let x = String(repeating: "x", count: 100)
        #expect(Self.format(file(100)) == "- a:  # why\n    b: \(x)\n    c: {d: 1}\n")
        #expect(Self.format("- {b: \(x)\(x), c: 1}  # why\n") == "- b: \(x)\(x)\n  c: 1  # why\n")
        #expect(Self.format("[\(x), \(x)]") == "- \(x)\n- \(x)\n")
    }
    /// An expression with a comma on a separate line needs no quotes.
    @Test func quotesGoWithTheBraces() {
        let x = String(repeating: "x", count: 120)
        #expect(Self.format("a: {b: \"$(f(1, 2))\", c: \(x)}\n") == "a:\n  b: $(f(1, 2))\n  c: \(x)\n")
    }
    @Test(arguments: [
        "", "# nothing", "a: [", "a: 1\na: 2", "a: !x 1", "a: &x 1", "a: *x", "a: 1\n---\nb: 1", "\u{0}", "a: \u{1b}",
    ])
    func refused(_ text: String) {
        let (made, diagnostics) = Formatter.format(source(text))
        #expect(made == nil)
        #expect(diagnostics.contains { $0.severity == .error })
    }
    @Test func aTextAloneStaysAsItIs() { #expect(Self.format("just\n  words # x") == "just\n  words # x") }

    /// A scenario loads to the same value before and after formatting.
    @Test func theSuiteLoadsToTheSame() throws {
        for file in Specification.files {
            let text = try #require(Formatter.format(file).text)
            let old = Scenario.load(file, Specification.library).scenario
            let new = Scenario.load(SourceFile(name: file.name, bytes: Array(text.utf8)), Specification.library)
                .scenario
            #expect(old != nil && old?.plan.map(\.text) == new?.plan.map(\.text), "\(file.name)")
        }
    }
}
