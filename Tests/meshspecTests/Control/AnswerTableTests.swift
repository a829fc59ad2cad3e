import Testing
import Wire

@testable import meshspec

/// Tests the printed answer of a node, which chooses its names and values.
struct AnswerTableTests {
    static let name = "\u{1b}]0;pwn\u{7}\n::error::pwn\u{202e}"

    @Test func escapesHostileNames() {
        let entry = Value.Entry(Self.name, .text(Self.name))
        let list = Value.Entry("list" + Self.name, [.map([entry])])
        for (answer, columns) in [
            (.map([entry, list]), []), (.map([entry, list]), ["list"]), (.list([.map([entry, list])]), ["list"]),
        ] as [(Value, [String])] {
            let text = AnswerTable.text(answer, columns: columns)
            #expect(text.contains("pwn") && !text.contains("\n::error"), "\(text)")
            #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{7}" || $0 == "\u{202e}" })
        }
    }
}
