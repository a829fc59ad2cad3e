import Testing
import Wire

private func text(_ s: String) -> [UInt8] { Array(s.utf8) }

@Test func listsOfObjectsValuesAndListsAreRead() throws {
    let bytes = text(
        #"{"type":"mesh","peers":[{"id":"a","weight":1.50,"up":true},{"id":"b","x":[1]}],"tags":["x","ž\n"],"#
            + #""load":-2.5e-3,"rows":[[1,2],[],[-3]],"first":{"id":"c"},"y":null}"#)
    let m = try Mesh(copying: bytes)
    #expect(m.peers?.map(\.id) == ["a", "b"] && m.peers?.first?.isUp == true && m.tags == ["x", "ž\n"])
    #expect(m.rows?.map(\.cells) == [[1, 2], [], [-3]] && m.first?.id == "c")
    #expect(m.load?.bytes.own == text("-2.5e-3") && m.encoded() == bytes, "numbers keep their text")
    try examine(Mesh.self, bytes, "mesh")
    let tree = Mesh.dissect(bytes)
    #expect(tree.node("peers[1].id")?.range == 60..<68 && tree.node("tags[1]") != nil)
    #expect(Mesh.fields(bytes)["rows"] == [["cells": [1, 2]], ["cells": []], ["cells": [-3]]])
    let (built, errors) = Mesh.encode(Mesh.fields(bytes))
    #expect(try errors == [] && Mesh(copying: built) == m)
    // Spaces at any place, lists without elements, and missing lists.
    let spaced = try Mesh(copying: text(" { \"peers\" : [ { } , { } ] , \"tags\" : [ ] , \"rows\":[ [ ] ] } "))
    #expect(spaced.peers?.count == 2 && spaced.tags == [] && spaced.rows?.first?.cells == [])
    #expect(spaced.encoded() == text(#"{"type":"mesh","peers":[{},{}],"tags":[],"rows":[[]]}"#))
    #expect(
        Mesh.build(spaced.value()).0.encoded() == spaced.encoded()
            && Mesh.encode(["tags": []]).bytes == text(#"{"type":"mesh","tags":[]}"#))
    for bad in ["[1,]", "[,1]", "[1 2]", "[1", "[", "[1}", "[[]", #"["a"#] {
        #expect(Mesh.check(text(#"{"rows":\#(bad)"#)) != nil && Mesh.check(text(#"{"rows":\#(bad)}"#)) != nil, "\(bad)")
    }
    #expect(Mesh.refused(text(#"{"tags":["a" "b"]}"#)) == "tags.element at 13: not JSON, found byte 0x22")
    let match = Pattern.fields(
        [
            .init("load", .equal(.decimal("-0.0025"))),
            .init("peers", .contains(.fields([.init("id", .equal("b"))], isClosed: false))),
            .init("first", .fields([.init("weight", .absent)], isClosed: false)),
        ], isClosed: false)
    #expect(try Mesh.matching(match, bytes).mismatches == [])
    #expect(Mesh.describe().map(\.isList) == [false, true, true, false, true, false, true])
}

@Test func rootsMayBeAnything() throws {
    let list = text(#"[{"id":"a"},{"up":false}]"#)
    let peers = try PeerList(copying: list)
    #expect(peers.peers?.count == 2 && peers.encoded() == list && PeerList.fields(list)["peers"]?.items.count == 2)
    for s in ["[]", "[1,[2,{}]]", "7", "-1.5e3", "\"x\"", "true", "null", "{}", #"{"a":[1]}"#] {
        let m = try AnyText(copying: text(" " + s + "\n"))
        #expect(m.value?.bytes.own == text(s) && m.encoded() == text(s), "\(s)")
        try examine(AnyText.self, text(s), s)
    }
    #expect(AnyText.fields(text("[1,1.5]")) == ["value": [1, .decimal("1.5")]])
    for s in ["", " ", "[", "1 2", "{}x", "nul", "[1]]", "\u{feff}1"] { #expect(AnyText.check(text(s)) != nil, "\(s)") }
    #expect(PeerList.refused(text("{}")) == "peers at 0: wrong JSON type, wants a list")
    #expect(PeerList.refused(text("null")) == "peers at 0: wrong JSON type, wants a list")
    #expect(PeerList().encoded() == text("null"))
    #expect(AnyText.check(text(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))) != nil)
}

@Test func membersOfTheWrongTypeAreNotedOrRefused() throws {
    let bytes = text(#"{"peers":[{"id":7,"up":true},3],"tags":"x","load":"2","first":[],"type":"mesh"}"#)
    // The strict readers.
    #expect(Mesh.refused(bytes) == "peers[0].id at 16: wrong JSON type, wants text")
    #expect((try? Mesh(copying: bytes)) == nil)
    // The lax reader returns all values and their errors.
    let tree = Mesh.dissect(bytes)
    #expect(tree.error == nil && tree.notes.allSatisfy { $0.kind == .wrongType })
    #expect(tree.notes.map(\.path) == ["peers[0].id", "peers[1]", "tags", "load", "first"])
    #expect(tree.notes.first?.range == 11..<17)
    #expect(Mesh.fields(bytes)["peers"] == [["id": 7, "up": true], 3] && Mesh.fields(bytes)["first"] == [])
    #expect(Mesh.fields(bytes)["load"] == "2" && Mesh.fields(bytes)["type"] == "mesh")
    #expect(Mesh.inspect(bytes.span.bytes) == .remarkable)
    // The lax reader refuses a value that changes the message type, and text that is not JSON.
    #expect(Mesh.dissect(text(#"{"type":3}"#)).error?.reason == .illegal)
    #expect(Mesh.dissect(text(#"{"load":x}"#)).error?.reason == .syntax)
    #expect(Mesh.refused(text(#"{"first":3}"#)) == "first at 9: wrong JSON type, wants an object")
    #expect(Mesh.refused(text(#"{"load":true}"#)) == "load at 8: wrong JSON type, wants a number")
    #expect(Mesh.refused(text(#"{"tags":["a",null]}"#)) == "tags[1] at 13: wrong JSON type, wants text")
    // Null means absent.
    let nothing = text(#"{"peers":null,"tags":null,"load":null,"first":null}"#)
    #expect(
        try Mesh(copying: nothing).peers == nil
            && Mesh.dissect(nothing).notes.map(\.kind) == [.null, .null, .null, .null])
}

@Test func duplicateMembersAreNoted() throws {
    let twice = text(
        #"{"load":1,"load":2,"tags":["a"],"tags":["b"],"peers":[],"peers":[{}],"first":{"id":"a"},"first":{}}"#)
    let m = try Mesh(copying: twice)
    #expect(
        m.load?.bytes.own == text("2") && m.tags == ["b"] && m.peers?.count == 1 && m.first?.id == nil, "the last one")
    #expect(Mesh.dissect(twice).notes.map(\.path) == ["load", "tags", "peers", "first"])
    #expect(Mesh.dissect(twice).notes.allSatisfy { $0.kind == .duplicate })
    #expect(Mesh.inspect(twice.span.bytes) == .remarkable)
}

@Test func textIsUTF8() {
    func refused(_ inside: [UInt8]) -> WireError? { AnyText.check([0x22] + inside + [0x22]) }
    let good: [[UInt8]] = [
        [0x7f], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80],
        [0xef, 0xbf, 0xbf],
        [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf],
    ]
    // Overlong encodings, surrogates, code points beyond the last, single continuation bytes, and single lead bytes.
    let bad: [[UInt8]] = [
        [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],
        [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0xc2], [0xe1, 0x80],
        [0xf1, 0x80, 0x80], [0xc2, 0x41], [0xe1, 0x80, 0x41], [0xf1, 0x80, 0x80, 0x41],
    ]
    for pad in 0..<17 {
        let front = [UInt8](repeating: 0x61, count: pad)
        for bytes in good {
            #expect(refused(front + bytes + front) == nil, "\(bytes.hex) behind \(pad)")
            // The text is cut at each byte.
            for n in 1..<max(1, bytes.count) { #expect(refused(front + bytes.prefix(n)) != nil) }
        }
        for bytes in bad {
            let e = refused(front + bytes + front)
            #expect(e?.reason == .syntax && e?.offset == 1 + pad, "\(bytes.hex) behind \(pad)")
        }
    }
    // In names, in members, and in skipped values.
    #expect(Mesh.check([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])?.offset == 2)
    #expect(Mesh.check(text(#"{"x":[""#) + [0xff] + text(#""]}"#)) != nil)
    #expect(Mesh.check(text(#"{"first":{"id":""#) + [0xed, 0xa0, 0x80] + text(#""}}"#))?.offset == 16)
    #expect(JSON.parse([0x22, 0xc0, 0x80, 0x22]) == nil)
}

@Test func escapedPairsAreCharacters() throws {
    func notes(_ s: String) -> [Note.Kind] { Mesh.dissect(text(#"{"tags":["\#(s)"]}"#)).notes.map(\.kind) }
    #expect(try Mesh(copying: text(#"{"tags":["\ud83d\ude00\u00e9\\u0041"]}"#)).tags == ["😀é\\u0041"])
    #expect(notes(#"\ud83d\ude00"#) == [] && notes(#"\\ud83d"#) == [] && notes(#"a\u0041\n"#) == [])
    #expect(notes(#"\ud83d"#) == [.loneSurrogate] && notes(#"\ude00\ud83d"#) == [.loneSurrogate])
    #expect(notes(#"\ud83d\ud83d\ude00"#) == [.loneSurrogate] && notes(#"\ud83dx\ude00"#) == [.loneSurrogate])
    // The error has the place in the string.
    #expect(Mesh.refused(text(#"{"load":"ab\u12"#)).hasPrefix("load at 15: wants 1 byte"))
    #expect(AnyText.refused(text(#""ab\x""#)) == "value at 4: not JSON, found byte 0x78")
}
