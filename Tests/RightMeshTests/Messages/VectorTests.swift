import TestMessages
public import Testing
public import VectorFiles
import Wire

@testable import Node
@testable import RightMesh

extension Vector: CustomTestStringConvertible {}

extension Vector {
    /// The vectors of messages.
    static let all = load("rightmesh").filter { $0.function == nil }
    /// The vectors of functions.
    static let calls = load("rightmesh").filter { $0.function != nil }

    var type: (any Message.Type)? { Definition.rightmesh.message("rightmesh." + file) }
    /// Returns the framing of the bytes.
    func frame(_ bytes: [UInt8]) -> FramingResult {
        var framing = Definition.rightmesh.reading.framing(nil)
        return framing.next(bytes.span.bytes)
    }
    /// Returns the result of a receiver without history.
    func outcome(_ bytes: [UInt8]) -> Reassembler.Outcome {
        var reassembler = Reassembler()
        return reassembler.receive(bytes.span.bytes, from: .loopback(1), now: .zero)
    }
}

/// All vectors of the specification's model are here: 31 valid, 9 at a boundary, 43 invalid, 61 sequences.
@Test func vectorsAreAll() {
    let fragments = Vector.all.filter { $0.file == "fragment" }.count
    #expect(Vector.all.count + Vector.calls.filter { $0.file == "receive" }.count - fragments == 144)
    #expect(fragments > 0)
    for v in Vector.all + Vector.calls {
        #expect(!v.provenance.isEmpty && v.requirements.allSatisfy { $0.hasPrefix("RM-") })
    }
}

/// Bytes and fields are two forms of one message, and a receiver accepts it.
@Test(arguments: Vector.all.filter(\.isAccepted))
func acceptedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let bytes = vector.bytes
    let tree = type.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.notes == [])
    let had = tree.fields(in: bytes.span.bytes).asInVectors
    #expect(had == vector.value("fields").asInVectors, "\(had)")
    let (encoded, errors) = type.encode(vector.value("fields"))
    #expect(errors == [])
    #expect(encoded == bytes)
    #expect(type.reencode(bytes) == bytes)
    guard case .message(let framed, let length) = vector.frame(bytes) else {
        Issue.record("frames as no message")
        return
    }
    #expect(framed == type && length == bytes.count)
    switch vector.outcome(bytes) {
    case .message(let whole):
        #expect(whole.bytes == bytes && vector.file != "fragment")
        #expect(whole.header.type.message?.name.description == type.name.description)
    case .more: #expect(vector.file == "fragment")
    default: Issue.record("not taken")
    }
}

/// Computed values equal the stated ones: the length and checksum of the body, lengths and counts.
@Test(arguments: Vector.all.filter { $0.isAccepted && $0.file != "fragment" })
func derivedFieldsOfVectors(vector: Vector) throws {
    let type = try #require(vector.type)
    guard case .map(let entries) = vector.value("fields") else { return }
    let bare = entries.filter { !["body_len", "body_crc", "frag_len"].contains($0.key) }.map { entry in
        Value.Entry(entry.key, entry.value.without("rec_len").without("count"))
    }
    let (encoded, errors) = type.encode(.map(bare))
    #expect(errors == [])
    // An empty list has no record length, and a list of a later version may have padding.
    if vector.value("fields")["skipped"] == .list([]) { #expect(encoded == vector.bytes) }
}

/// The message is refused with the stated error at the stated place, and counted as stated.
@Test(arguments: Vector.all.filter { !$0.isAccepted })
func refusedVector(vector: Vector) throws {
    let bytes = vector.bytes
    let wanted = vector.value("error")
    guard case .dropped(let counter) = vector.outcome(bytes) else {
        Issue.record("\(vector.name) is not dropped")
        return
    }
    #expect(.text(counter.name) == wanted["counter"])
    var error: WireError?
    switch vector.by {
    case "framing":
        guard case .refused(let e) = vector.frame(bytes) else {
            Issue.record("\(vector.name) is not refused")
            return
        }
        error = e
    case "message":
        let type = try #require(vector.type)
        error = type.check(bytes)
        #expect(type.reencode(bytes) == nil)
    default: return
    }
    #expect(error.map { .text($0.reason.rawValue) } == wanted["reason"], "\(error?.description ?? "none")")
    #expect(error.map { .text($0.path) } == wanted["path"])
    #expect(error.map { UInt64($0.offset) } == wanted["offset"]?.integer)
}

/// A truncated datagram is not a message. A decoder requests the rest, and a receiver drops it.
@Test(arguments: Vector.all.filter(\.isAccepted))
func truncatedVector(vector: Vector) throws {
    let type = try #require(vector.type)
    let bytes = vector.bytes
    // A long datagram is cut at each place in the header and the first records, and at each place near its end.
    let counts = bytes.count < 1000 ? Array(0..<bytes.count) : Array(0..<300) + Array(bytes.count - 60..<bytes.count)
    for count in counts {
        let cut = Array(bytes[..<count])
        #expect(type.check(cut) != nil, "\(count) bytes")
        #expect(type.reencode(cut) == nil)
        guard case .needMore(let missing) = vector.frame(cut) else {
            Issue.record("\(count) bytes are taken for a whole")
            continue
        }
        #expect(missing == (count < 72 ? 72 : bytes.count) - count)
        guard case .dropped(.malformed) = vector.outcome(cut) else {
            Issue.record("\(count) bytes are taken")
            continue
        }
    }
}

/// Each mutated field and each flipped bit gives an error or a message that encodes to the same bytes.
@Test(arguments: Vector.all.filter { $0.isAccepted && $0.bytes.count < 1000 })
func spoiltVector(vector: Vector) throws {
    let type = try #require(vector.type)
    for mutant in type.mutants(of: vector.bytes) {
        let again = type.reencode(mutant.bytes)
        #expect(again == nil || again == mutant.bytes, "\(mutant.path) \(mutant.change)")
    }
    var flipped = vector.bytes
    for bit in 0..<flipped.count * 8 {
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        let again = type.reencode(flipped)
        #expect(again == nil || again == flipped, "bit \(bit)")
        // A receiver accepts no message with a changed body.
        if bit >= 72 * 8, case .message = vector.outcome(flipped) { Issue.record("bit \(bit) is taken") }
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    }
}

/// The results of a receiver for datagrams in their order and at their times, and of the other functions.
@Test(arguments: Vector.calls)
func functionVector(vector: Vector) throws {
    let function = try #require(Definition.rightmesh.playing.functions.first { $0.name == vector.function })
    guard case .list(let arguments) = vector.value("arguments") else {
        Issue.record("\(vector.name) has no arguments")
        return
    }
    if vector.isAccepted {
        let had = try function.apply(arguments).asInVectors
        #expect(had == vector.value("result").asInVectors, "\(had)")
    } else {
        #expect(throws: ProtocolFunction.Refusal.self) { try function.apply(arguments) }
    }
}

@Test func everyFunctionHasVectors() {
    for function in Definition.rightmesh.playing.functions {
        #expect(Vector.calls.contains { $0.function == function.name && $0.isAccepted }, "\(function.name)")
        #expect(function.usage.hasPrefix(function.name + "("))
    }
}

/// RM-37: no table may contain these records.
@Test(arguments: [("hop_zero", 1), ("id_zero", 1), ("superpeer_hop_zero", 1), ("hop_high", 0), ("hello_superpeer", 0)])
func badRecords(name: String, count: Int) throws {
    let vector = try #require(Vector.all.first { $0.name == name })
    let header = try Header.read(vector.bytes.span.bytes)
    let body = try Body(copying: Array(vector.bytes[72...]))
    #expect(body.badRecordCount(src: header.src) == count)
}
