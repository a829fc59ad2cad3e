import Node
import Testing
import Wire

@testable import meshspec

/// The list of messages looks for names that come again in a group only where a message is not read by position
/// (`FieldSummary`): by position, none may come twice.
struct FieldNamesTests {
    @Test func namesOfBinaryMessagesAreNew() {
        var count = 0
        func check(_ fields: [FieldInfo], _ path: String) {
            #expect(Set(fields.map(\.name)).count == fields.count, "\(path): \(fields.map(\.name))")
            for field in fields {
                count += 1
                check(field.fields, "\(path).\(field.name)")
            }
        }
        for definition in Registry.definitions {
            let layers = definition.layers?.layers.flatMap(\.messages) ?? []
            for type in definition.messages + definition.contents + layers where type.form == .binary {
                check(type.describe(), type.name.description)
            }
        }
        #expect(count > 100)
    }
}
