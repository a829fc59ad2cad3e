import Testing
import Wire

/// Checks that each start of a message leads to the whole message if the caller adds the requested bytes. It never
/// leads beyond the message.
private func needsMore<M: Message>(_: M.Type, _ one: [UInt8], _ why: String) {
    for start in 0..<one.count {
        var n = start
        var rounds = 0
        while n < one.count {
            guard case .needMore(let more) = M.extent(Array(one[..<n])) else {
                Issue.record("\(why): \(M.extent(Array(one[..<n]))) with \(n) of \(one.count)")
                return
            }
            #expect(more > 0)
            n += more
            rounds += 1
            #expect(rounds <= one.count)
        }
        #expect(n == one.count, "\(why) from \(start)")
        // The same bytes as a separate message are refused, with the place and the missing number.
        let e = M.check(Array(one[..<start]))
        #expect(e?.reason == .truncated && e?.had ?? .max <= UInt64(start), "\(why) cut at \(start): \(e as Any)")
        #expect(e.map { $0.wanted > $0.had && $0.offset <= start && !$0.path.isEmpty } == true)
    }
    #expect(M.extent(one) == .whole(one.count))
    #expect(M.extent(one + one) == .whole(one.count))
    #expect(M.extent(one + one.prefix(one.count / 2)) == .whole(one.count))
}
private func everySplit<M: Message>(_: M.Type) {
    let all = samples(M.self, 0..<25)
    #expect(all.count > 3)
    for bytes in all where bytes.count < 400 { needsMore(M.self, bytes, "\(M.name)") }
}
@Test(arguments: streams.indices) func needMoreAtEverySplit(_ i: Int) { everySplit(streams[i]) }

@Test func needMoreOfFramedVectors() throws {
    for v in try vectors("gossipsub")["rpc"]?.items ?? [] {
        needsMore(FramedRPC.self, try v.bytes("framed"), v["id"]?.string ?? "")
    }
}

@Test func streamOfFrames() throws {
    var frame = YamuxFrame()
    frame.data = Bytes([1, 2, 3, 4, 5])
    let one = frame.encoded()
    let stream = one + one + one[..<3]
    var at = 0
    var seen = 0
    while case .message(let m, let n) = YamuxFrame.prefix(of: stream.span.bytes.extracting(at..<stream.count)) {
        #expect(m.data.count == 5 && n == one.count)
        at += n
        seen += 1
    }
    #expect(seen == 2 && YamuxFrame.extent(Array(stream[at...])) == .needMore(atLeast: 1))
    // The content needs all bytes of its length.
    #expect(YamuxFrame.extent(Array(one[..<12])) == .needMore(atLeast: 5))
    #expect(MultistreamToken.extent([]) == .needMore(atLeast: 1))
    #expect(MultistreamToken.extent([0x80]) == .needMore(atLeast: 1))
}

@Test func refusedBeforeTheRestIsThere() {
    func error<M: Message>(_: M.Type, _ bytes: [UInt8]) -> WireError? {
        if case .refused(let e) = M.extent(bytes) { e } else { nil }
    }
    // An invalid byte is refused, even if few bytes follow it.
    let version = error(YamuxFrame.self, [1])
    let wanted = LegalValue(wanted: "0", had: "1")
    #expect(version == WireError(reason: .illegal, path: "version", offset: 0, wanted: 0, had: 1, legal: wanted))
    // A part of the message overruns a length that is completely present. More bytes could not help either, but the
    // decoder only knows this when the length is complete.
    let framed: [UInt8] = [4, 0x12, 7, 0x0a, 0x20]
    #expect(FramedRPC.extent(Array(framed[..<3])) == .needMore(atLeast: 2))
    #expect(error(FramedRPC.self, framed)?.path == "rpc.publish[0]")
    #expect(error(FramedRPC.self, framed)?.claimedBy == "length")
    // The same with a binary part: the size of an item is too small for its body.
    var bytes = Probe.encode(["items": [["body": ["kind": 1]]]]).bytes
    bytes[8] = 0
    #expect(
        error(Probe.self, bytes)?.description == "items[0].body.kind at 9: wants 1 byte, has 0 (length claimed by size)"
    )
    // A varint without a possible end.
    #expect(error(MultistreamToken.self, [UInt8](repeating: 0x80, count: 10))?.reason == .overlong)
    #expect(MultistreamToken.extent([UInt8](repeating: 0x80, count: 9)) == .needMore(atLeast: 1))
}

@Test func formsWithoutLengthAreWholeOrRefused() throws {
    // A part of a protobuf message may be a message.
    let rpc = RPC.encode([
        "subscriptions": [["subscribe": true, "topic": "t"]], "control": ["graft": [["topic": "u"]]],
    ])
    for n in 0..<rpc.bytes.count {
        switch RPC.extent(Array(rpc.bytes[..<n])) {
        case .whole(let count): #expect(count == n)
        case .refused(let e): #expect(e.reason == .truncated)
        case .needMore: Issue.record("needs more at \(n)")
        }
    }
    let offer = Array(#"{"type":"offer","data":{"a":[1]}}"#.utf8)
    for n in 0..<offer.count {
        guard case .refused = Offer.extent(Array(offer[..<n])) else {
            Issue.record("accepted at \(n)")
            continue
        }
    }
    #expect(Offer.extent(offer) == .whole(offer.count))
}
