import Node
import Testing
import Wire

@testable import meshspec

/// `FieldSummary` looks for repeated names in a group only if a message is not read by position. Names of a message
/// that is read by position are unique.
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
            let layers = definition.reading.layers?.layers.flatMap(\.messages) ?? []
            for type in definition.messages + definition.contents + layers where type.form == .binary {
                check(type.describe(), type.name.description)
            }
        }
        #expect(count > 100)
    }
}
