import Node
import TestSamples
import Testing

@testable import Scenario

/// Formats files with other white space and more comments. The test calls only the writer, without the comparison that
/// would hide its mistakes. The writer keeps values and comments, and formats its own output unchanged.
@Suite struct FormatterPropertyTests {
    static let files: [SourceFile] =
        Specification.files + JSONSchemaTests.corpus("valid")
        + [SourceFile(name: "requirements.yaml", bytes: Specification.read("Spec/nano/requirements.yaml"))]

    /// Returns nil if the formatter does not format the file.
    static func check(_ file: SourceFile) -> String? {
        let (tree, problems) = YAMLTree.read(file)
        guard let tree, problems.isEmpty, !tree.hasDirectives, tree.isCollection,
            let text = Formatter.written(file, tree)
        else { return nil }
        let comments = Comment.all(in: Formatter.scalars(file), tree)
        #expect(
            Formatter.isKept(tree, comments, in: text), "\(String(decoding: file.bytes, as: UTF8.self))\n=>\n\(text)")
        #expect(
            Formatter.format(source(text)).text == text, "\(String(decoding: file.bytes, as: UTF8.self))\n=>\n\(text)")
        return text
    }
    @Test func theFilesAsTheyAre() { for f in Self.files { #expect(Self.check(f) != nil, "\(f.name)") } }

    @Test(arguments: 0..<4)
    func mutants(_ shard: Int) throws {
        var checked = 0
        for (i, file) in Self.files.enumerated() where i % 4 == shard {
            // Each file has different rounds.
            for round in Sample.every(8, of: (0..<24).map { ($0 + i / 4) % 24 }) {
                var r = Random(seed: UInt64(round), "format", file.name)
                var lines = file.lines
                var marks: [String] = []
                for n in 0..<(1 + round % 6) { Self.mutate(&lines, &marks, n, &r) }
                let end = round % 3 == 0 ? "\r\n" : "\n"
                let text = lines.joined(separator: end)
                guard let made = Self.check(source(text)) else { continue }
                checked += 1
                for m in marks where text.contains(m) { #expect(made.contains(m), "\(m) in\n\(text)\n=>\n\(made)") }
            }
        }
        #expect(checked > 200)
    }
    static func below(_ n: Int, _ r: inout Random) -> Int { Int(r.next() % UInt64(max(1, n))) }

    static func mutate(_ lines: inout [String], _ marks: inout [String], _ n: Int, _ r: inout Random) {
        let at = below(lines.count, &r)
        let pad = String(repeating: " ", count: below(12, &r))
        switch below(8, &r) {
        case 0:
            marks.append("c\(n)e")
            lines.insert("\(pad)# c\(n)e", at: at)
        case 1:
            marks.append("c\(n)t")
            lines[at] += " # c\(n)t"
        case 2: lines.insert(contentsOf: ["", pad, ""].prefix(1 + below(3, &r)), at: at)
        case 3: lines[at] += pad + "\t"
        case 4: lines[at] = lines[at].replacing(", ", with: "," + pad)
        case 5:
            // A map in braces over several lines, with a comment.
            marks.append("c\(n)b")
            lines[at] = lines[at].replacing(", ", with: ", # c\(n)b\n      \(pad)", maxReplacements: 1)
        case 6:
            lines = lines.map { l in String(repeating: " ", count: l.prefix { $0 == " " }.count) + l }
        default:
            marks.append("c\(n)k")
            lines[at] = lines[at].replacing(": ", with: ":  # c\(n)k\n        \(pad)", maxReplacements: 1)
        }
    }

    @Test func randomBytes() {
        var r = Random(seed: 7, "format", "bytes")
        let words = Array("a: - # \n\n  {}[],'\"|>&*?%!\t\r\u{85}\u{2028}$()1é\u{0}".unicodeScalars)
        var taken = 0
        for round in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<(1 + round % 40) { text.append(words[Self.below(words.count, &r)]) }
            let file = source(String(text))
            if Self.check(file) != nil { taken += 1 }
        }
        #expect(taken > 100)
        for round in 0..<2_000 { _ = Formatter.format(SourceFile(name: "x", bytes: r.bytes(round % 64))) }
    }
    @Test func largeFiles() throws {
        let n = YAMLLimits.written.size - 64
        let x = String(repeating: "x", count: n)
        #expect(Formatter.format(source("a:   \(x)")).text == "a: \(x)\n")
        #expect(Formatter.format(source("a: {b: \(x)}")).text == "a:\n  b: \(x)\n")
        #expect(Formatter.format(source("a: 1 #\(x)")).text == "a: 1  #\(x)\n")
        #expect(Formatter.format(source("a: '\(x)'")).text == "a: \(x)\n")
        let many = "a: [" + String(repeating: "x,", count: 9_000) + "]"
        #expect(Formatter.format(source(many)).text?.hasPrefix("a:\n  - x\n  - x\n") == true)
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(Formatter.format(source(deep)).text == deep + "\n")
        let deepest = String(repeating: "- ", count: 63) + "[]\n"
        #expect(Formatter.format(source("[[" + deep + "],[]]")).text?.hasPrefix("- - - ") == true)
        #expect(Formatter.format(source(deepest)).text == deepest)
        let long =
            String(repeating: "{a: ", count: 63) + String(repeating: "y", count: 500_000)
            + String(repeating: "}", count: 63)
        #expect(Formatter.format(source(long)).text?.hasPrefix("a:\n  a:\n    a:\n") == true)
        // Many consecutive line feeds, and many lines with a comment each.
        #expect(Formatter.format(source("a: 1" + String(repeating: "\n", count: n))).text == "a: 1\n")
        let comments = String(repeating: "# c\n", count: 200_000)
        #expect(Formatter.format(source(comments + "a: 1\n")).text == comments + "a: 1\n")
    }
}
