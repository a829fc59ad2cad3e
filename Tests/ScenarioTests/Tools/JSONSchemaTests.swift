import Nano
import Node
import Testing
import Wire

@testable import Scenario

/// The schema is complete, and the loader judges the corpus of `Tests/Interop/schema` like the schema.
@Suite struct JSONSchemaTests {
    static let folder = "Tests/Interop/schema/"
    static let schema = JSONSchema.document(Specification.library)

    /// Returns the scenarios of the corpus.
    static func corpus(_ kind: String) -> [SourceFile] {
        Specification.names(in: folder + kind).map {
            SourceFile(name: $0, bytes: Specification.read(folder + kind + "/" + $0))
        }.filter { DocumentKind.of($0) == .scenario }
    }
    static func errors(_ file: SourceFile) -> [String] {
        // The files of the corpus use only files of their own folder.
        let library = Library(definitions: [.nano], requirements: ["nano": Specification.requirements]) { name, _ in
            let bytes = Specification.read(folder + "valid/" + name)
            return bytes.isEmpty ? nil : SourceFile(name: name, bytes: bytes)
        }
        return Scenario.load(file, library).diagnostics.filter { $0.severity == .error }.map(\.line)
    }
    @Test func theLoaderTakesTheValidOnes() {
        let files = Self.corpus("valid")
        #expect(files.count >= 10)
        for f in files { #expect(Self.errors(f) == [], "\(f.name)") }
    }
    @Test(arguments: ["invalid", "loader-only"])
    func theLoaderRefusesTheOthers(_ kind: String) {
        let files = Self.corpus(kind)
        #expect(files.count >= 20)
        for f in files { #expect(!Self.errors(f).isEmpty, "\(f.name)") }
    }
    /// The valid files use each key of each shape, each verb and each operator.
    @Test func theCorpusUsesEveryKey() {
        var seen: Set<String> = []
        func walk(_ node: YAMLNode) {
            switch node.content {
            case .scalar: break
            case .sequence(let items): items.forEach(walk)
            case .mapping(let members):
                for m in members {
                    seen.insert(m.key)
                    walk(m.value)
                }
            }
        }
        for f in Self.corpus("valid") { if let root = YAMLTree.read(f).root { walk(root) } }
        let shapes = Schema.all.filter { $0.name != Schema.fragment.name }
        let all = shapes.flatMap(\.keys) + Schema.modifiers + Schema.verbs + Schema.operators
        // Fragments are separate files. No protocol of the corpus has an agreement on another protocol, messages of
        // several datagrams, layers, or data channels.
        let missing = Set(all.map(\.name)).subtracting(seen).subtracting([
            "use", "with", "proto", "limit", "up", "above", "stream", "target", "channel", "signal", "offer", "answer",
            "candidate", "binary", "below",
        ])
        #expect(missing.sorted() == [])
    }
    /// Returns all maps inside a value.
    static func maps(_ v: Value) -> [Value] {
        switch v {
        case .map(let members): [v] + members.flatMap { maps($0.value) }
        case .list(let items): items.flatMap(maps)
        default: []
        }
    }
    @Test func everyReferenceHasADefinitionAndEveryDefinitionIsUsed() throws {
        guard case .map(let members)? = Self.schema["$defs"] else { throw Missing() }
        let names = Set(members.map(\.key))
        #expect(names.count == members.count)
        let used = Set(
            Self.maps(Self.schema).compactMap { m -> String? in
                guard case .text(let s)? = m["$ref"] else { return nil }
                return String(s.dropFirst("#/$defs/".count))
            })
        #expect(used == names)
    }
    struct Missing: Error {}

    @Test func everyMessageHasItsFields() throws {
        let expect = try #require(Self.schema["$defs"]?["nano-expect"])
        guard case .list(let rules)? = expect["allOf"] else { throw Missing() }
        let names = rules.compactMap { rule -> String? in
            guard case .text(let s)? = rule["if"]?["properties"]?["msg"]?["const"] else { return nil }
            return s
        }
        #expect(names == Definition.nano.messages.map { $0.name.description } + ["any"])
        #expect(expect["properties"]?["msg"]?["enum"] == .list(names.map { .text($0) }))
    }
    @Test func verbsAreOneOf() throws {
        let step = try #require(Self.schema["$defs"]?["nano-step"])
        #expect(step["oneOf"] == .list(Schema.verbs.map { ["required": [.text($0.name)]] }))
        #expect(step["unevaluatedProperties"] == false)
    }
    @Test func theTextIsTheSameEveryTimeAndReadsBack() throws {
        let text = JSONSchema.text(Specification.library)
        #expect(text == JSONSchema.text(Specification.library))
        // JSON is YAML, so the loader can read the output. The limits of scenario files do not apply to schemas.
        #expect(text.hasPrefix("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"))
        #expect(text.utf8.filter { $0 == 0x7b }.count == text.utf8.filter { $0 == 0x7d }.count)
        #expect(text.contains(#""maximum":18446744073709551615"#))
    }
    @Test func withoutProtocolsThereAreNoSteps() {
        let empty = JSONSchema.document(Library(definitions: []))
        #expect(empty["properties"]?["protocol"]?["enum"] == [])
        #expect(empty["$defs"]?["nano-step"] == nil)
    }
}
