import Node
import Scenario

extension Command {
    static let schema = Command(
        name: "schema", summary: "print the JSON Schema of scenario, target, capability or baseline files",
        operands: "[KIND]",
        options: [
            Option(.protocol, value: "NAME", "only messages and capabilities of this protocol"),
            Option(.keys, "print the keys of KIND as a table in Markdown, instead of a schema"),
        ],
        examples: [
            ("meshspec schema > scenario.schema.json", "for editors, which complete and check names with it"),
            ("meshspec schema --protocol nano", "for scenarios of one protocol"),
            ("meshspec schema target > target.schema.json", "for target files"),
            ("meshspec schema --keys expect", "the keys of `expect`, with the values that they can have"),
        ],
        notes: """
            KIND is \(DocumentKind.allCases.map(\.rawValue).joined(separator: ", ")); without it, scenario.
            Draft 2020-12. An editor with a YAML language server takes it from the first line of a file:
            # yaml-language-server: $schema=scenario.schema.json
            `meshspec check` finds more than a schema can: wrong names and expressions, duplicate keys.

            With --keys, KIND can also be `verbs`, `modifiers`, `operators`, `requirement`, or a part of a file such as
            `actor` or `expect`. Without KIND, all tables are printed.
            """
    ) { invocation in
        guard invocation.operands.count <= 1 else {
            throw CommandError(
                .extraArgument, expected: "one kind of file", found: invocation.operands.joined(separator: " "))
        }
        if invocation.has(.keys) { return try Console.print(Array(keyTables(invocation).utf8)) }
        var kind = DocumentKind.scenario
        if let name = invocation.operands.first {
            guard let known = DocumentKind(rawValue: name) else {
                throw CommandError(no: "kind of file", called: name, of: DocumentKind.allCases.map(\.rawValue))
            }
            kind = known
        }
        var definitions = Registry.definitions
        if let name = invocation[.protocol] {
            let known = Registry.definitions.map(\.name)
            definitions.removeAll { $0.name != name }
            if definitions.isEmpty {
                throw CommandError(.unknownProtocol, at: .protocol, no: "protocol", called: name, of: known)
            }
        }
        return try Console.print(Array(JSONSchema.text(Library(definitions: definitions), kind).utf8))
    }

    private static func keyTables(_ invocation: Invocation) throws(CommandError) -> String {
        if invocation[.protocol] != nil {
            throw CommandError.conflict(.keys, .protocol, "the keys are the same for all protocols")
        }
        guard let name = invocation.operands.first else {
            return KeyTables.names.map { "## \($0)\n\n" + (KeyTables.table($0) ?? "") }.joined(separator: "\n")
        }
        guard let table = KeyTables.table(name) else {
            throw CommandError(no: "table of keys", called: name, of: KeyTables.names)
        }
        return table
    }
}
