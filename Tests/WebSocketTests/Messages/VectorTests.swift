import Node
import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import WebSocket

extension Vector: CustomTestStringConvertible {}

extension Vector {
    fileprivate static let all = load("websocket")
}

/// Bytes and fields are two forms of one message.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let type = try #require(Definition.webSocket.message("websocket." + vector.file))
    let bytes = vector.bytes
    let tree = type.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.fields(in: bytes.span.bytes).asInVectors == vector.value("fields").asInVectors)
    let (encoded, errors) = type.encode(vector.value("fields"))
    #expect(errors == [] && encoded == bytes && type.reencode(bytes) == bytes)
    for count in 0..<bytes.count { #expect(type.check(Array(bytes[..<count]))?.reason == .truncated) }
}

/// The message is refused with the stated error at the stated place.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let type = try #require(Definition.webSocket.message("websocket." + vector.file))
    let found: WireError? = type.check(vector.bytes)
    let error = try #require(found)
    let wanted = vector.value("error")
    #expect(wanted["reason"] == .text(error.reason.rawValue) && wanted["path"] == .text(error.path))
    #expect(wanted["offset"]?.integer == UInt64(error.offset) && type.reencode(vector.bytes) == nil)
}

/// Checks that each message has a file of vectors, and each file a message. Two messages of plain HTTP share the
/// vectors of the upgrade. HTTP content has none: all bytes are valid, so that no vector could fail.
@Test func vectorsOfAllMessages() {
    let files = Set(Vector.all.map { "websocket." + $0.file })
    let plain: [any Message.Type] = [HTTPRequest.self, HTTPResponse.self, HTTPBody.self]
    let all = Set(Definition.webSocket.messages.map { $0.name.description })
    #expect(files == all.subtracting(plain.map { $0.name.description }))
    for vector in Vector.all {
        let type: (any Message.Type)? =
            switch vector.file {
            case "upgrade": HTTPRequest.self
            case "upgrade_response": HTTPResponse.self
            default: nil
            }
        guard let type else { continue }
        #expect((type.check(vector.bytes) == nil) == vector.isAccepted, "\(vector.name)")
        if vector.isAccepted { #expect(type.reencode(vector.bytes) == vector.bytes, "\(vector.name)") }
    }
    for bytes: [UInt8] in [[], [0], [0xff, 0x0d, 0x0a]] {
        #expect(HTTPBody.check(bytes) == nil && HTTPBody.reencode(bytes) == bytes)
    }
}
