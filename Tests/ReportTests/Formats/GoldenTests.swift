import Glibc
import TestReports
import Testing

@testable import Report
@testable import Scenario
@testable import Text

/// Compares each format with a golden file, byte by byte: for each verdict, for each result of a baseline, and for
/// hostile text in each field. The tests with other readers use the same files. `UPDATE_GOLDEN=1` writes the files
/// again for a review.
struct GoldenTests {
    static let formats: [FormatName] = [.junit, .tap, .sarif, .github, .markdown]
    static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Golden/"

    func compare(_ name: String, _ made: String) throws {
        let path = Self.folder + name
        if getenv("UPDATE_GOLDEN") != nil {
            let file = try #require(fopen(path, "wbe"))
            #expect(fwrite(Array(made.utf8), 1, made.utf8.count, file) == made.utf8.count)
            #expect(fclose(file) == 0)
        }
        let wanted = try readFile(path)
        // The first different line is more helpful than two files.
        let a = made.split(separator: "\n", omittingEmptySubsequences: false)
        let b = String(decoding: wanted, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (i, (x, y)) in zip(a, b).enumerated() where x != y {
            Issue.record("\(name):\(i + 1): wrote \(x), not \(y)")
            return
        }
        #expect(Array(made.utf8) == wanted, "\(name)")
    }
    @Test(arguments: formats) func every(_ f: FormatName) throws {
        try compare("every-" + f.fileName, Samples.text(f, try Samples.every()))
    }
    @Test(arguments: formats) func hostile(_ f: FormatName) throws {
        try compare("hostile-" + f.fileName, Samples.text(f, [try Samples.hostile()]))
    }
    /// A report has two runs. The second run stops before its first case.
    @Test(arguments: formats) func twoRuns(_ f: FormatName) throws {
        var other = Samples.head
        other.target = "nano-node"
        let all = try Samples.every()
        let runs = [
            (Samples.head, Array(all[..<4]), Samples.end(Array(all[..<4]))),
            (other, [], RunEnd(counts: Counts(), exit: 4, cutShort: "the node was never reached")),
        ]
        try compare("two-" + f.fileName, Samples.text(f, runs))
    }
    /// The text does not depend on whether the buffer is emptied in between.
    @Test(arguments: FormatName.allCases) func takenInBetween(_ f: FormatName) throws {
        let all = try Samples.every()
        #expect(Samples.text(f, all, takes: true) == Samples.text(f, all))
    }
    /// The only control character is the line end. No character changes the text direction, and all characters are
    /// valid in XML.
    @Test(arguments: FormatName.allCases) func nothingDangerousGetsThrough(_ f: FormatName) throws {
        let text = Samples.text(f, [try Samples.hostile()])
        let isXML = f == .junit
        let bad = text.unicodeScalars.filter {
            $0 != "\n" && (Escape.isDangerous($0) || isXML && $0.value & 0xfffe == 0xfffe)
        }
        #expect(bad.isEmpty, "\(f): \(bad.map { String($0.value, radix: 16) })")
        #expect(text.contains("名"))
    }
}
