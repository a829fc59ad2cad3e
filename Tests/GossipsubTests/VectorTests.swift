@testable import Node
import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import Gossipsub

extension Vector: CustomTestStringConvertible {}

extension Vector {
    fileprivate static let all = load("gossipsub").filter { $0.function == nil }
    fileprivate static let calls = load("gossipsub").filter { $0.function != nil }
    fileprivate var type: (any Message.Type)? {
        Definition.gossipsub.allMessages.first { "gossipsub." + file == $0.name.description }
    }
}
/// Bytes and fields are two forms of the same message.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let bytes = vector.bytes
    let tree = type.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.fields(in: bytes.span.bytes).asInVectors == vector.value("fields").asInVectors)
    #expect(type.reencode(bytes) == bytes)
    let (encoded, errors) = type.encode(vector.value("fields"))
    #expect(errors == [] && encoded == bytes)
    for count in 0..<bytes.count { _ = type.check(Array(bytes[..<count])) }
}

/// The decoder refuses the bytes with the stated error at the stated place.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let found: WireError? = type.check(vector.bytes)
    let error = try #require(found)
    let wanted = vector.value("error")
    #expect(wanted["reason"] == .text(error.reason.rawValue) && wanted["path"] == .text(error.path), "\(error)")
    #expect(wanted["offset"]?.integer == UInt64(error.offset) && type.reencode(vector.bytes) == nil)
}

/// Expressions compute the values of a separate implementation.
@Test(arguments: Vector.calls)
func functionVector(vector: Vector) throws {
    let function = try #require(Definition.gossipsub.playing.functions.first { $0.name == vector.function })
    guard case .list(let arguments) = vector.value("arguments").fromVectors else {
        Issue.record("\(vector.name) has no arguments")
        return
    }
    #expect(function.arguments.contains(arguments.count))
    if vector.isAccepted {
        #expect(try function.apply(arguments).asInVectors == vector.value("result").asInVectors)
    } else {
        #expect(throws: ProtocolFunction.Refusal.self) { try function.apply(arguments) }
    }
}
