import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import MDNS
@testable import Node

extension Vector: CustomTestStringConvertible {}

extension Vector {
    /// The vectors of messages.
    static let messages = load("mdns").filter { $0.function == nil }
    /// The vectors of functions.
    static let calls = load("mdns").filter { $0.function != nil }
    /// True if a name of the message ends with a pointer, so that its fields alone do not give its bytes.
    var hasPointers: Bool {
        guard let message = try? DNSMessage(copying: bytes) else { return false }
        let records = message.answers + message.authority + message.additional
        let names =
            message.questions.map(\.name)
            + records.flatMap { [$0.name] + [$0.ptr?.target, $0.srv?.target].compactMap(\.self) }
        return names.contains { $0.bytes.own != $0.expanded }
    }
}

@Suite struct VectorTests {
    @Test func hasAllVectors() {
        #expect(Vector.messages.filter(\.isAccepted).count == 19)
        #expect(Vector.messages.filter { !$0.isAccepted }.count == 11)
        #expect(Vector.calls.count > 20)
        for v in Vector.messages + Vector.calls {
            #expect(!v.provenance.isEmpty && v.requirements.allSatisfy { $0.hasPrefix("MDNS-") })
        }
    }
    @Test(arguments: Vector.messages.filter(\.isAccepted))
    func readsAndWritesAcceptedMessage(_ vector: Vector) throws {
        let bytes = vector.bytes
        let tree = DNSMessage.dissect(bytes)
        #expect(tree.error == nil)
        #expect(tree.notes == [])
        let had = tree.fields(in: bytes.span.bytes).asInVectors
        #expect(had == vector.value("fields").asInVectors, "\(had)")
        #expect(DNSMessage.reencode(bytes) == bytes)
        let owned = try DNSMessage(copying: bytes)
        #expect(owned.encoded() == bytes)
        let (encoded, errors) = DNSMessage.encode(vector.value("fields"))
        #expect(errors == [])
        // Lengths of the fields are those with pointers, so such a message is compared without them.
        if !vector.hasPointers { #expect(encoded == bytes) }
    }
    @Test(arguments: Vector.messages.filter { !$0.isAccepted })
    func refusesMalformedMessage(_ vector: Vector) throws {
        let error = try #require(DNSMessage.check(vector.bytes))
        let wanted = vector.value("error")
        #expect(.text(error.reason.rawValue) == wanted["reason"], "\(error)")
        if let path = wanted["path"] { #expect(.text(error.path) == path, "\(error)") }
        if let offset = wanted["offset"] { #expect(UInt64(error.offset) == offset.integer, "\(error)") }
        #expect(DNSMessage.reencode(vector.bytes) == nil)
    }
    @Test(arguments: Vector.messages.filter(\.isAccepted))
    func refusesMessageThatIsCutOff(_ vector: Vector) {
        for count in vector.bytes.indices {
            #expect(DNSMessage.check(Array(vector.bytes[..<count])) != nil, "\(count)")
        }
    }
    @Test(arguments: Vector.calls) func callsFunction(_ vector: Vector) throws {
        let function = try #require(mdnsFunctions.first { $0.name == vector.function })
        guard case .list(let arguments) = vector.value("arguments") else { return }
        let given = arguments.map { vector.function == "mdns.peers" ? $0.fromVectors : $0 }
        guard vector.isAccepted else {
            #expect(throws: ProtocolFunction.Refusal.self) { try function.apply(given) }
            return
        }
        #expect(try function.apply(given).asInVectors == vector.value("result").asInVectors)
    }
}
