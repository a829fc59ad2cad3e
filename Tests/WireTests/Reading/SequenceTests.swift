import TestMessages
import Testing

@testable import Wire

/// Lists that end at certain bytes.
private struct Ended: Message {
    static var name: StaticString { "test.ended" }
    var items: [Item] = []
    var itemsEnd: UInt8 = 0xff
    var keys: [Fixed<4>] = []
    var keysEnd = Fixed<4>()
    var rest = Bytes()
    init() {}
    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.sequence("items", &items, before: 0xff as UInt8, atMost: 3)
        c.constant("items_end", &itemsEnd, 0xff)
        c.sequence("keys", &keys, before: Fixed<4>(), atMost: 2)
        c.constant("keys_end", &keysEnd, Fixed<4>())
        c.rest("rest", &rest)
    }

    struct Item: Message {
        static var name: StaticString { "test.ended.item" }
        var tag: UInt8 = 0
        var number: UInt16 = 0
        init() {}
        mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
            c.field("tag", &tag)
            c.field("number", &number)
        }
    }
}

@Test func endedSequences() throws {
    let bytes: [UInt8] = [1, 0, 2, 3, 0, 4, 0xff, 9, 9, 9, 9, 0, 0, 0, 0, 7, 7]
    let tree = Ended.dissect(bytes)
    #expect(tree.error == nil)
    let wanted: Value = [
        "items": .list([["tag": 1, "number": 2], ["tag": 3, "number": 4]]), "items_end": 0xff,
        "keys": .list([.bytes([9, 9, 9, 9])]), "keys_end": .bytes([0, 0, 0, 0]), "rest": .bytes([7, 7]),
    ]
    #expect(tree.fields(in: bytes.span.bytes) == wanted)
    #expect(try Ended(copying: bytes).encoded() == bytes)
    let (encoded, errors) = Ended.encode(wanted)
    #expect(encoded == bytes && errors == [])
    // Each byte belongs to one field.
    var covered = [Int](repeating: 0, count: bytes.count)
    for node in tree.nodes where node.shape == .leaf { for i in node.range { covered[i] += 1 } }
    #expect(covered.allSatisfy { $0 == 1 })
    // The lists are empty.
    let none: [UInt8] = [0xff, 0, 0, 0, 0]
    #expect(try Ended(copying: none).items == [] && Ended.reencode(none) == none)
    // A wrong end is written unchanged.
    #expect(Ended.encode(["items_end": 1]).bytes == [1, 0, 0, 0, 0])
}

/// A sequence without its end is truncated at the end of the bytes. A stream requests more bytes.
@Test func sequencesWithoutEnd() {
    let bytes: [UInt8] = [1, 0, 2, 0xff, 9, 9, 9, 9, 0, 0, 0, 0]
    for count in 0..<bytes.count {
        let error = Ended.check(Array(bytes[..<count]))
        #expect(error?.reason == .truncated && error?.offset ?? .max <= count, "\(count)")
        guard case .needMore(let more) = Ended.extent(of: bytes.span.bytes.extracting(..<count)) else {
            Issue.record("\(count) bytes are no beginning")
            continue
        }
        #expect(more > 0 && count + more <= bytes.count)
    }
    #expect(Ended.check([1, 0, 2])?.path == "items" && Ended.check([1, 0, 2])?.offset == 3)
    #expect(Ended.check([1, 0])?.path == "items[0].number")
    #expect(
        Ended.check([0xff, 9, 9, 9, 9, 0, 0])?.path == "keys" && Ended.check([0xff, 9, 9, 9, 9, 0, 0])?.offset == 5)
}
