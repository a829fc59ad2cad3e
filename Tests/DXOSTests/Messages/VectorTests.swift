import Node
import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import DXOS

extension Vector: CustomTestStringConvertible {}

extension Vector {
    fileprivate static let all = load("dxos")
    fileprivate static let ofRPC = ["request", "response", "open", "open_ack", "stream_close", "bye", "no_content"]
    fileprivate var type: (any Message.Type)? {
        Definition.dxosMessages.first { $0.name.description == "dxos." + file }
    }
}

/// Bytes and fields are two forms of one message.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let bytes = vector.bytes
    let tree = type.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.fields(in: bytes.span.bytes).asInVectors == vector.value("fields").asInVectors)
    // Unordered fields and longer varints can only be read.
    let isOther = ["dec_field_order", "dec_overlong_varint"].contains(vector.name)
    #expect((type.reencode(bytes) == bytes) != isOther)
    if !vector.name.hasPrefix("dec_") {
        let (encoded, errors) = type.encode(vector.value("fields"))
        #expect(errors == [] && encoded == bytes)
    }
    // A message that is cut after a field is another valid message.
    for count in 0..<bytes.count { _ = type.check(Array(bytes[..<count])) }
}

/// The other encoding has the same meaning. It equals the canonical encoding with explicit defaults.
@Test(arguments: Vector.all.filter { $0.name.hasSuffix("_explicit") })
func explicitVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let canonical = try #require(Vector.all.first { $0.name + "_explicit" == vector.name })
    try compare(type, canonical.bytes, vector.bytes)
}
private func compare<M: Message>(_ type: M.Type, _ canonical: [UInt8], _ explicit: [UInt8]) throws {
    let read = try M(copying: canonical)
    #expect(read.withExplicitDefaults.encoded() == explicit)
    #expect(try M(copying: explicit).encoded() == explicit)
    // A pattern with defaults matches both. The payload of a request is opened only if it has a value.
    guard type != Request.self else { return }
    #expect(try M.match(.equal(read.withExplicitDefaults.value()), explicit.span.bytes).isMatch)
}

/// The message is refused with the stated error at the stated place.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let found: WireError? = type.check(vector.bytes)
    let error = try #require(found)
    let wanted = vector.value("error")
    #expect(wanted["reason"] == .text(error.reason.rawValue) && wanted["path"] == .text(error.path))
    #expect(wanted["offset"]?.integer == UInt64(error.offset) && type.reencode(vector.bytes) == nil)
}

/// Each message has a file of vectors, and each file is about a message.
@Test func vectorsOfAllMessages() {
    let files = Set(Vector.all.map { "dxos." + $0.file })
    #expect(files == Set(Definition.dxosMessages.map { $0.name.description }))
}

/// The last present member decides the type of a WebSocket message.
@Test(arguments: Vector.all.filter { $0.isAccepted && Vector.ofRPC.contains($0.file) })
func framed(vector: Vector) {
    var framing = MessageFraming()
    guard case .message(let type, let length) = framing.next(vector.bytes.span.bytes) else {
        Issue.record("\(vector.name) is no message")
        return
    }
    #expect(type.name.description == "dxos." + vector.file && length == vector.bytes.count)
}
