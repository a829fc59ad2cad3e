import TestMessages
import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// NANO-01, NANO-44, NANO-46 and the requirements of each entry: bytes and fields are two forms of one message.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let type = try #require(Definition.nano.message("nano." + vector.file))
    let bytes = vector.bytes
    let tree = type.dissect(bytes)
    #expect(tree.error == nil)
    let had = tree.fields(in: bytes.span.bytes).asInVectors
    let wanted = vector.value("fields").asInVectors
    #expect(wanted["extensions"] == nil ? had.without("extensions") == wanted : had == wanted, "\(had)")
    let (encoded, errors) = type.encode(vector.value("fields"))
    #expect(errors == [])
    #expect(encoded == bytes)
    #expect(type.reencode(bytes) == bytes)
    #expect(vector.length(bytes) == bytes.count, "frames as one message")
}

/// The message is refused with the stated error at the stated place.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let bytes = vector.bytes
    let error: WireError?
    if vector.by == "framing" {
        var framing = Definition.nano.reading.framing(try settings(vector.value("settings")))
        guard case .refused(let e) = framing.next(bytes.span.bytes) else {
            Issue.record("\(vector.name) is not refused")
            return
        }
        error = e
    } else {
        let type = try #require(Definition.nano.message("nano." + vector.file))
        error = type.check(bytes)
        #expect(type.reencode(bytes) == nil)
    }
    let wanted = vector.value("error")
    #expect(error.map { .text($0.reason.rawValue) } == wanted["reason"])
    #expect(error.map { .text($0.path) } == wanted["path"])
    #expect(error.map { UInt64($0.offset) } == wanted["offset"]?.integer)
}
func settings(_ value: Value) throws -> Settings? {
    guard case .text(let profile) = value["profile"], case .text(let network) = value["network"] else { return nil }
    return try Definition.nano.settings(profile: profile, ["network": network])
}

/// A message that is cut at any place is refused by its own decoder. In a stream, it requests the rest.
@Test(arguments: Vector.all.filter(\.isAccepted))
func truncatedVector(vector: Vector) throws {
    let type = try #require(Definition.nano.message("nano." + vector.file))
    for count in 0..<vector.bytes.count {
        let cut = Array(vector.bytes[..<count])
        #expect(type.check(cut)?.reason == .truncated, "\(count) bytes")
        #expect(type.reencode(cut) == nil)
        var framing = vector.framing()
        guard case .needMore(let missing) = framing.next(cut.span.bytes) else {
            Issue.record("\(count) bytes are taken for a whole")
            continue
        }
        // The first byte of a stream of items decides the length.
        let known = vector.before == nil ? (count < 8 ? 8 : vector.bytes.count) : count < 1 ? 1 : vector.bytes.count
        #expect(missing == known - count)
    }
}

/// A message with an inverted, removed or duplicate field, or with a flipped bit, gives an error or encodes to the same
/// bytes.
@Test(arguments: Vector.all.filter(\.isAccepted))
func spoiltVector(vector: Vector) throws {
    let type = try #require(Definition.nano.message("nano." + vector.file))
    for mutant in type.mutants(of: vector.bytes) {
        let again = type.reencode(mutant.bytes)
        #expect(again == nil || again == mutant.bytes, "\(mutant.path) \(mutant.change)")
    }
    var flipped = vector.bytes
    for bit in 0..<min(flipped.count, 400) * 8 {
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        let again = type.reencode(flipped)
        #expect(again == nil || again == flipped, "bit \(bit)")
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    }
}

extension Vector {
    /// The request of the other side before such an item in a stream, and the flags. Nil for messages with a header.
    var before: (any Message.Type, flags: UInt8?)? {
        switch file {
        case "bulk_block": (BulkPull.self, nil)
        case "frontier": (FrontierReq.self, nil)
        case "account_frontier", "pending_amount": (BulkPullAccount.self, 0)
        case "pending_address": (BulkPullAccount.self, 1)
        case "pending_block": (BulkPullAccount.self, 2)
        default: nil
        }
    }
    /// Returns the framing of the direction that expects this item next.
    func framing() -> any Framing {
        var framing = Definition.nano.reading.framing(nil)
        guard let (type, flags) = before else { return framing }
        var request = type.encode(.map([])).bytes
        if let flags { request[request.count - 1] = flags }
        framing.heard(type, request.span.bytes)
        let account = [UInt8](repeating: 1, count: 48)
        if file.hasPrefix("pending") { _ = framing.next(account.span.bytes) }
        return framing
    }
    /// Returns the length of the message in that direction, or nil if the bytes are not a complete message.
    func length(_ bytes: [UInt8]) -> Int? {
        var framing = framing()
        guard case .message(_, let length) = framing.next(bytes.span.bytes) else { return nil }
        return length
    }
}

/// Returns the length of the message at the front of a stream, or nil if it is not a complete message.
func length(of bytes: [UInt8], _ settings: Settings?) -> Int? {
    var framing = Definition.nano.reading.framing(settings)
    guard case .message(_, let length) = framing.next(bytes.span.bytes) else { return nil }
    return length
}
