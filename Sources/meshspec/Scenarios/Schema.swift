import Node
import Report
import Scenario

extension Command {
    static let schema = Command(
        name: "schema", summary: "print the JSON Schema of scenario, target, capability or baseline files",
        operands: "[KIND]",
        options: [Option("--protocol", value: "NAME", "only messages and capabilities of this protocol")],
        examples: [
            ("meshspec schema > scenario.schema.json", "for editors, which complete and check names with it"),
            ("meshspec schema --protocol nano", "for scenarios of one protocol"),
            ("meshspec schema target > target.schema.json", "for target files"),
        ],
        notes: """
            KIND is \(DocumentKind.allCases.map(\.rawValue).joined(separator: ", ")); without it, scenario.
            Draft 2020-12. An editor with a YAML language server takes it from the first line of a file:
            # yaml-language-server: $schema=scenario.schema.json
            `meshspec check` finds more than a schema can: wrong names and expressions, duplicate keys.
            """
    ) { invocation in
        guard invocation.operands.count <= 1 else { throw UsageError("give one kind of file, not several") }
        var kind = DocumentKind.scenario
        if let name = invocation.operands.first {
            guard let known = DocumentKind(rawValue: name) else {
                throw UsageError(no: "kind of file", called: name, of: DocumentKind.allCases.map(\.rawValue))
            }
            kind = known
        }
        var definitions = Registry.definitions
        if let name = invocation["--protocol"] {
            let known = Registry.definitions.map(\.name)
            definitions.removeAll { $0.name != name }
            if definitions.isEmpty {
                let near = Suggestion.nearest(name, known)
                throw UsageError("no protocol is called `\(name)`\(near): \(known.joined(separator: ", "))")
            }
        }
        return try Console.print(Array(JSONSchema.text(Library(definitions: definitions), kind).utf8))
    }
}
