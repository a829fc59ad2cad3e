import TestMessages
import Testing
import Wire

/// Checks that decode(encode(m)) = m for random messages of each type and variant, with each operation.
private func roundTrips<M: Message>(_: M.Type) throws {
    var count = 0
    for seed in 0..<150 as Range<UInt64> {
        let m = lawful(M.self, seed)
        let bytes = m.encoded()
        #expect(bytes.count == m.byteCount())
        #expect(lawful(M.self, seed) == m, "\(M.name): the same seed, the same message")
        guard M.check(bytes) == nil else { continue }  // a random value that a `require` refuses
        count += 1
        let back = try M(copying: bytes)
        #expect(back.encoded() == bytes, "\(M.name)")
        #expect(M.reencode(bytes) == bytes)
        // A message that was read contains its derived fields. Without them, it is written the same.
        let (built, errors) = M.build(m.value())
        #expect(errors == [] && built.encoded() == bytes, "\(M.name) from its tree")
        #expect(back.value() == built.value())
        try examine(M.self, bytes, "\(M.name) seed \(seed)")
    }
    #expect(count > 20, "\(M.name): \(count) lawful samples")
}

@Test(arguments: catalogue.indices) func everyMessageRoundTrips(_ i: Int) throws { try roundTrips(catalogue[i]) }

@Test func derivedFieldsAreComputedOverriddenAndAudited() throws {
    var m = Probe()
    m.query = Fixed(repeating: 7)
    m.ports = [1, 2]
    m.label = "hello"
    let honest = m.encoded()
    #expect(Array(honest[4..<6]) == [1, 0], "flags: low byte first")
    #expect(honest[10] == 2 && honest[15] == 0 && honest[16] == 5)
    // After reading, changing and writing, the stored value remains until it is reset.
    var read = try Probe(copying: honest)
    read.ports = [1, 2, 3]
    #expect(read.encoded()[10] == 2)
    read.portCount.stored = nil
    #expect(read.encoded()[10] == 3)
    // A tree that sets a derived field may be wrong, and the reader reports it.
    let (bytes, errors) = Probe.encode(["flags": "0x0101", "query": "0x07070707"])
    #expect(errors == [] && Array(bytes[4..<6]) == [1, 1])
    let tree = Probe.dissect(bytes)
    #expect(tree.error == nil)
    #expect(tree.notes == [Note(kind: .inconsistent, path: "flags", range: 4..<6)])
    #expect(Probe.dissect(honest).notes == [])
    // The same inside a list.
    let (deep, _) = Probe.encode([
        "items": [["body": ["kind": 1]], ["size": 3, "body": ["kind": 1, "data": "0x0203"]]]
    ])
    #expect(Probe.dissect(deep).notes == [])
    let (lie, _) = Chain.encode(["count": 1, "links": [["count": 0], ["count": 0]]])
    #expect(Chain.refused(lie) == "at 2: 1 byte left over")
}

@Test func checksumsAreComputedAndAudited() throws {
    var d = Datagram()
    d.src = Fixed(repeating: 1)
    d.fragCount = 2
    d.fragment = Bytes(Array("123456789".utf8))
    let bytes = d.encoded()
    #expect(Array(bytes[64..<68]) == [0xe3, 0x06, 0x92, 0x83], "check value of CRC-32C")
    d.bodyCRC.stored = 1
    let lie = d.encoded()
    #expect(Datagram.dissect(lie).notes == [Note(kind: .inconsistent, path: "bodyCRC", range: 64..<68)])
}

@Test func mutants() throws {
    let (bytes, _) = Probe.encode([
        "query": "0x01020304", "ports": [7, 8], "items": [["body": ["kind": 3, "data": "0x05"]]], "label": "ab",
    ])
    let all = Probe.mutants(of: bytes)
    func of(_ path: String, _ change: Mutant.Change) -> [UInt8]? {
        all.first { $0.path == path && $0.change == change }?.bytes
    }
    #expect(of("query", .cut) == Array(bytes[..<6]))
    #expect(of("query", .inverted) == bytes[..<6] + [0xfe, 0xfd, 0xfc, 0xfb] + bytes[10...])
    #expect(of("query", .removed) == Array(bytes[..<6] + bytes[10...]))
    #expect(of("query", .doubled) == bytes[..<10] + [1, 2, 3, 4] + bytes[10...])
    #expect(of("ports[1]", .inverted) == bytes[..<13] + [0xff, 0xf7] + bytes[15...])
    #expect(of("items[0].size", .more)?[16] == 3 && of("items[0].size", .less)?[16] == 1)
    #expect(of("port_count", .more)?[10] == 3 && of("flags", .less)?[4] == 0)
    // Each derived field has a mutant of both kinds. Other fields have none.
    let spoilt = all.filter { $0.change == .more }.map(\.path)
    #expect(spoilt == ["flags", "port_count", "item_count", "items[0].size", "label_length"])
    // Zero has no smaller mutant, and the highest value has no larger one.
    let (empty, _) = Chain.encode([:])
    #expect(Chain.mutants(of: empty).map(\.change) == [.cut, .inverted, .removed, .doubled, .more])
    #expect(!Hashes.mutants(of: Hashes().encoded()).contains { $0.change == .less })
    let (full, _) = Probe.encode(["flags": 0xffff])
    #expect(!Probe.mutants(of: full).contains { $0.path == "flags" && $0.change == .more })
    // Each mutant of each fixture is read or refused.
    for type in catalogue { spoil(type) }
}

private func spoil<M: Message>(_: M.Type) {
    for bytes in samples(M.self, 0..<4) {
        for m in M.mutants(of: bytes) {
            let tree = M.dissect(m.bytes)
            #expect(tree.agrees(with: M.check(m.bytes)), "\(M.name) \(m.path) \(m.change)")
            if m.change == .cut, streams.contains(where: { $0 == M.self }) {
                #expect(tree.error != nil, "\(M.name) \(m.path) cut")
            }
        }
    }
}
