import Testing
import Wire

/// Checks the rules for each valid encoding: the round trip is exact, owned and borrowed values agree, and ranges nest
/// and cover the bytes.
func examine<M: Message>(_: M.Type, _ bytes: [UInt8], exact: Bool = true, _ why: String) throws {
    let span = bytes.span.bytes
    var view = M()
    let isRead = view.read(borrowing: span)
    try #require(isRead, "\(why)")
    let owned = try M(copying: bytes)
    let again = view.encoded(from: span)
    if exact {
        #expect(again == bytes, "\(why)")
        #expect(owned.encoded() == bytes, "\(why)")
    }
    let tree = M.dissect(bytes)
    #expect(tree.error == nil && !tree.isCut, "\(why)")
    var leaves = 0
    var end = 0
    for (i, n) in tree.nodes.enumerated() {
        if n.parent >= 0 {
            let parent = tree.nodes[Int(n.parent)]
            #expect(parent.range.lowerBound <= n.range.lowerBound && parent.range.upperBound >= n.range.upperBound)
            #expect(Int(n.parent) < i && parent.depth == n.depth - 1 && parent.shape != .leaf)
        }
        if n.shape == .leaf, n.range.upperBound > end {
            // Bit fields may share a byte.
            leaves += n.range.upperBound - max(end, n.range.lowerBound)
            end = n.range.upperBound
        }
    }
    if M.form == .binary, exact, M.self != FramedRPC.self { #expect(leaves == bytes.count, "\(why): ranges tile") }
    let shown = view.value(in: span)
    #expect(tree.fields(in: span) == shown, "\(why)")
    #expect(owned.value() == shown, "\(why)")
}

@Test func gossipVectors() throws {
    let all = try vectors("gossipsub")
    for v in all["rpc"]?.items ?? [] {
        let id = v["id"]?.string ?? ""
        try examine(RPC.self, v.bytes("pb"), exact: !id.contains("extensions"), id)
        try examine(FramedRPC.self, v.bytes("framed"), exact: !id.contains("extensions"), id)
    }
    for v in all["multistream"]?.items ?? [] {
        let text = try #require(v["text"]?.string)
        try examine(MultistreamToken.self, v.bytes("hex"), text)
        let read = try MultistreamToken(copying: v.bytes("hex"))
        #expect(read.text == Text(text))
    }
    let frames = try #require(all["yamux"]?.items)
    #expect(frames.count == 8)
    for v in frames { try examine(YamuxFrame.self, v.bytes("hex"), v["id"]?.string ?? "") }
}

@Test func gossipSigningBytes() throws {
    let all = try vectors("gossipsub")
    let signed = try #require(all["rpc"]?.items.first { $0["id"] == "publish_signed_ed25519_nokey" })
    // The publication without the signature and the key. Unknown fields remain.
    let rpc = try RPC(copying: signed.bytes("pb"))
    var p = try #require(rpc.publish.first)
    (p.signature, p.key) = (nil, nil)
    #expect(Array("libp2p-pubsub:".utf8) + p.encoded() == all["preimage"]?.unhex)
    p.unknown.items = [Bytes([0x7a, 1, 9]), Bytes([0x78, 5])]
    let again = try Publication(copying: p.encoded())
    #expect(again.unknown == p.unknown && again.encoded() == p.encoded())
    // The order on the wire does not matter. Unknown fields between known ones remain.
    let mixed: [UInt8] = [0x22, 1, 0x41, 0x7a, 1, 9, 0x12, 1, 0x42, 0x78, 5, 0x0a, 1, 0x43]
    let m = try Publication(copying: mixed)
    #expect(m.topic == "A" && m.data == Bytes([0x42]) && m.from == Bytes([0x43]) && m.unknown == p.unknown)
    #expect(Publication.fields(mixed)["unknown"] == [.bytes([0x7a, 1, 9]), .bytes([0x78, 5])])
}

@Test func dxosVectors() throws {
    func both<M: Message>(_: M.Type, _ v: Value) throws {
        let id = v["id"]?.string ?? ""
        let hex = try v.bytes("hex")
        let fields = try #require(v["fields"])
        try examine(M.self, hex, id)
        let (m, errors) = M.build(fields)
        #expect(errors == [], "\(id)")
        #expect(m.encoded() == hex, "\(id) from fields")
        #expect(try M.matching(fields.pattern, hex).mismatches == [], "\(id)")
        // With written defaults, as in another implementation.
        guard let js = v["hex_js"]?.unhex else { return }
        #expect(try M(copying: js).encoded() == js, "\(id) with defaults")
        #expect(try M.matching(fields.pattern, js).mismatches == [], "\(id) with defaults")
    }
    let all = try vectors("dxos")["vectors"]?.items ?? []
    #expect(all.count > 30)
    for v in all {
        switch v["message"]?.string {
        case "rpc": try both(RPCMessage.self, v)
        case "join": try both(JoinRequest.self, v)
        default: try both(SwarmEvent.self, v)
        }
    }
}

@Test func protobufOrderAndOneof() throws {
    let last = try RPCMessage(copying: ([0x18, 1, 0x20, 1] as [UInt8]))
    #expect(last.open == nil && last.openAck == true, "last member of a oneof wins")
    let order = try RPCMessage(copying: ([0x0a, 4, 0x20, 1, 8, 5] as [UInt8]))
    #expect(order.request?.id == 5 && order.request?.stream == true)
    #expect(try RPCMessage(copying: ([0x0a, 3, 8, 0x80, 0] as [UInt8])).request?.id == 0)
    // A message that occurs twice is merged, and so is its tree.
    let twice: [UInt8] = [0x0a, 2, 8, 5, 0x0a, 2, 0x20, 1]
    #expect(try RPCMessage(copying: twice).request?.id == 5)
    #expect(RPCMessage.fields(twice) == ["request": ["id": 5, "stream": true]])
}

@Test func rightmeshVectors() throws {
    let all = try vectors("rightmesh")["vectors"]?.items ?? []
    #expect(all.count == 21)
    for v in all {
        let id = v["id"]?.string ?? ""
        let b = try v.bytes("hex")
        let head = Datagram.check(b)
        guard v["valid"] == true else {
            #expect(head != nil || Body.check(Array(b[72...])) != nil, "\(id) must be refused")
            continue
        }
        try examine(Datagram.self, b, id)
        let body = Array(b[72...])
        // Unknown bytes of a record are skipped, and written as zeros.
        try examine(Body.self, body, exact: id != "records-longer" && id != "superpeer-metrics", id)
        let skipped = Body.dissect(body).notes.filter { $0.kind == .skipped }
        #expect(
            skipped.map(\.range.count) == (id == "records-longer" ? [4, 4] : id == "superpeer-metrics" ? [28] : []))
        let m = try Body(copying: body)
        for (s, w) in zip(m.sections, v["body"]?.items ?? []) where w["section"] == "PEERS" {
            let records = try #require(w["records"]?.items)
            let wanted = records.map { r in Value.map(r.entries.filter { $0.key != "withdrawn" && $0.key != "flags" }) }
            var pattern: [Pattern.Field] = ["section", "recLen"].compactMap { n in w[n].map { .init(n, .equal($0)) } }
            pattern.append(.init("peers", .items(wanted.map { Value.map($0.entries.map(\.hexed)).pattern })))
            #expect(s.match(.fields(pattern, isClosed: false)).mismatches == [], "\(id)")
        }
    }
}

extension Value {
    /// The value as a pattern of a scenario: maps are subsets, and lists are exact.
    var pattern: Pattern {
        switch self {
        case .map(let entries): .fields(entries.map { .init($0.key, $0.value.pattern) }, isClosed: false)
        case .list(let items): .items(items.map(\.pattern))
        default: .equal(self)
        }
    }
}
extension Value.Entry {
    /// Identifiers in the vectors have no `0x`.
    var hexed: Value.Entry { key == "id" ? .init(key, .text("0x" + (value.string ?? ""))) : self }
}
