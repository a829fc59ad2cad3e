import Foundation
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
    /// The page of a capture shows bytes in the forms that fields have, with code of its own.
    @Test func pageKnowsFormsOfFields() throws {
        let page = try String(
            contentsOfFile: Shell.package + "/Sources/Records/CapturePage/Embedded/capture.forms.js", encoding: .utf8)
        var names: Set<String> = []
        func find(_ fields: [FieldInfo]) {
            for field in fields {
                if case .form(let form)? = field.meaning { names.insert(form.name) }
                find(field.fields)
            }
        }
        for definition in Registry.decoded {
            let layers = definition.reading.layers?.layers.flatMap(\.messages) ?? []
            for type in definition.allMessages + layers { find(type.describe()) }
        }
        #expect(names.count >= 7)
        for name in names.sorted() { #expect(page.contains("\"\(name)\": "), "the page lacks \(name)") }
    }
}
