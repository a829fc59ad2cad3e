import Node
import Report
import Scenario

extension Command {
    static let schema = Command(
        name: "schema", summary: "print the JSON Schema of scenario files", operands: "",
        options: [Option("--protocol", value: "NAME", "only messages of this protocol")],
        examples: [
            ("meshspec schema > scenario.schema.json", "for editors, which complete and check names by it"),
            ("meshspec schema --protocol nano", "for scenarios of one protocol"),
        ],
        notes: """
            Draft 2020-12. An editor with a YAML language server takes it from the first line of a scenario:
            # yaml-language-server: $schema=scenario.schema.json
            `meshspec check` sees more than a schema can: names, expressions, doubled keys.
            """
    ) { invocation in
        var definitions = Registry.definitions
        if let name = invocation["--protocol"] {
            let known = Registry.definitions.map(\.name)
            definitions.removeAll { $0.name != name }
            if definitions.isEmpty {
                let near = Suggestion.nearest(name, known)
                throw UsageError("no protocol is called `\(name)`\(near): \(known.joined(separator: ", "))")
            }
        }
        return try Console.print(Array(JSONSchema.text(Library(definitions: definitions)).utf8))
    }
}
