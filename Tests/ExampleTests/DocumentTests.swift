import Testing

/// Spec/library.md shows the compiled examples, and the manifest with which .ci/full builds them outside of the
/// package.
struct DocumentTests {
    static let document = PackageFile.text("Spec/library.md")
    /// Returns the blocks of Swift code in a document.
    static func blocks(_ text: String) -> [String] {
        text.split(separator: "```swift\n").dropFirst().compactMap { rest in
            rest.firstRange(of: "```").map { String(rest[..<$0.lowerBound]) }
        }
    }
    static var files: [String] {
        PackageFile.names(in: "Tests/ExampleTests/Examples").map { "Tests/ExampleTests/Examples/\($0)" }
            + ["Tests/Interop/library/Package.swift"]
    }

    @Test(arguments: files) func isShown(_ file: String) {
        let text = PackageFile.text(file)
        #expect(!text.isEmpty && Self.blocks(Self.document).contains(text), "Spec/library.md does not show \(file)")
    }
    @Test func showsNothingElse() {
        #expect(Self.blocks(Self.document).count == Self.files.count)
        let texts = Set(Self.files.map(PackageFile.text))
        for block in Self.blocks(Self.document) where !texts.contains(block) {
            Issue.record("no file is this block of Spec/library.md: \(block.prefix(200))")
        }
    }
    /// Each product has an example that imports it, and a row in the document.
    @Test func products() throws {
        let manifest = PackageFile.text("Package.swift")
        let list = try #require(manifest.firstRange(of: "let libraries = ["))
        let names = manifest[list.upperBound...].prefix { $0 != "]" }.split { !$0.isLetter && !$0.isNumber }
        #expect(names.count > 10)
        for name in names {
            #expect(PackageFile.text("Tests/ExampleTests/Examples/\(name)Example.swift").contains("import \(name)\n"))
            #expect(Self.document.contains("| `\(name)` |"), "Spec/library.md has no row for \(name)")
        }
    }
}
