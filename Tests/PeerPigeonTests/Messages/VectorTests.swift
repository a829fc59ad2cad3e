import Node
import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import PeerPigeon

extension Vector: CustomTestStringConvertible {}

extension Vector {
    fileprivate static let all = load("peerpigeon")
    fileprivate var type: (any Message.Type)? {
        Definition.peerPigeonMessages.first { $0.name.description == "peerpigeon." + file }
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
    var framing = MessageFraming()
    guard case .message(let found, let length) = framing.next(bytes.span.bytes) else {
        Issue.record("\(vector.name) is no message")
        return
    }
    #expect(found == type && length == bytes.count)
    // A decoded message is written with the same members, in the order of the description.
    let written: [UInt8]? = type.reencode(bytes)
    let again = try #require(written)
    #expect(JSON.parse(again).map(sorted) == JSON.parse(bytes).map(sorted))
    #expect(type.reencode(again) == again)
    let (encoded, errors) = type.encode(vector.value("fields"))
    #expect(errors == [] && JSON.parse(encoded).map(sorted) == JSON.parse(bytes).map(sorted))
}
/// Returns a value with members sorted by name. If two members have one name, the last one counts, as in JavaScript.
private func sorted(_ value: Value) -> Value {
    guard case .map(let entries) = value else { return value }
    var last: [String: Value] = [:]
    for entry in entries { last[entry.key] = entry.value }
    return .map(last.sorted { $0.key < $1.key }.map { .init($0.key, sorted($0.value)) })
}

/// A truncated message is refused.
@Test(arguments: Vector.all.filter(\.isAccepted))
func truncatedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    // Spaces after the object do not belong to it.
    let end = (vector.bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0)
    for count in 0...end {
        let bytes = Array(vector.bytes[..<count])
        var framing = MessageFraming()
        guard case .refused = framing.next(bytes.span.bytes) else {
            Issue.record("\(count) bytes of \(vector.name)")
            return
        }
        #expect(type.check(bytes) != nil)
    }
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

/// Each message has a file of vectors, and each file is about a message, with valid and invalid ones.
@Test func vectorsOfAllMessages() {
    let names = Set(Definition.peerPigeonMessages.map { $0.name.description })
    #expect(Set(Vector.all.filter(\.isAccepted).map { "peerpigeon." + $0.file }) == names)
    #expect(Set(Vector.all.filter { !$0.isAccepted }.map { "peerpigeon." + $0.file }) == names)
}
