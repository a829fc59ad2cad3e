import MDNS
import Node
import Testing
import Wire

@testable import Capture

/// Tests of a capture of two nodes that find each other by mDNS, compared with what tshark decodes.
struct MDNSCaptureTests {
    private static let name = NanoCaptureTests.folder + "../mdns/mdns-two-nodes"

    /// Returns a message in the form of the expectation.
    private func told(_ message: DNSMessage) -> String {
        let questions = message.questions.map {
            "\($0.name.text) \(type($0.type)) \($0.recordClass.rawValue) \($0.unicast)"
        }
        return "\(message.id) \(message.response) \(message.authoritative) \(questions) \(message.answers.map(told)) "
            + "\(message.additional.map(told))"
    }
    private func told(_ record: ResourceRecord) -> String {
        let strings = record.txt.map { $0.strings.map { $0.text.string(in: RawSpan()) } }
        let service = record.srv.map { "\($0.priority) \($0.weight) \($0.port) \($0.target.text)" }
        let address = record.a.map { a in a.bytes.indices.map { "\(a.bytes[$0])" }.joined(separator: ".") }
        let data = record.ptr?.target.text ?? strings?.description ?? service ?? address ?? "none"
        return "\(record.name.text) \(type(record.type)) \(record.recordClass.rawValue) \(record.cacheFlush) "
            + "\(record.ttl) \(data)"
    }
    private func type(_ type: RecordType) -> String {
        let names: [RecordType: String] = [.a: "a", .ptr: "ptr", .txt: "txt", .srv: "srv"]
        return names[type] ?? "\(type.rawValue)"
    }

    private func told(_ message: Value) -> String {
        func number(_ value: Value, _ name: String) -> String { value[name]?.integer.map { "\($0)" } ?? "none" }
        func text(_ value: Value?) -> String { if case .text(let text)? = value { text } else { "" } }
        func list(_ value: Value?) -> [Value] { if case .list(let list)? = value { list } else { [] } }
        func data(_ record: Value) -> String {
            switch text(record["type"]) {
            case "txt": list(record["strings"]).map { text($0) }.description
            case "srv":
                "\(number(record, "priority")) \(number(record, "weight")) \(number(record, "port")) \(text(record["target"]))"
            case "a": text(record["address"])
            default: text(record["target"])
            }
        }
        func told(_ record: Value) -> String {
            "\(text(record["name"])) \(text(record["type"])) \(number(record, "class")) \(number(record, "cache_flush")) "
                + "\(number(record, "ttl")) \(data(record))"
        }
        let questions = list(message["questions"]).map {
            "\(text($0["name"])) \(text($0["type"])) \(number($0, "class")) \(number($0, "unicast"))"
        }
        return
            "\(number(message, "id")) \(number(message, "response")) \(number(message, "authoritative")) \(questions) "
            + "\(list(message["answers"]).map(told)) \(list(message["additional"]).map(told))"
    }
    /// Each message has the fields of the expectation, and no rule is broken.
    @Test func equalsItsExpectation() throws {
        let wanted = try #require(JSON.parse(try NanoCaptureTests.bytes(of: Self.name + ".json")))
        guard case .list(let messages)? = wanted["messages"] else { return #expect(Bool(false)) }
        var file = try CaptureFile(Self.name + ".pcap")
        var table = FlowTable([.mdns], ReadingOptions())
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        #expect(kept.records.allSatisfy { $0.kind == .message && $0.name == "mdns.message" && $0.notes.isEmpty })
        let found = try kept.bytes.map { told(try DNSMessage(copying: $0)) }
        #expect(found == messages.map { told($0) } && found.count == 9)
    }
}
