import Glibc
import TestMessages
import Testing
import Wire

/// Checks each start of each fixture. It is a valid error, or a shorter message, and never a trap.
private func truncate<M: Message>(_: M.Type) {
    for bytes in samples(M.self, 0..<12) {
        for n in 0..<min(bytes.count, 300) {
            let part = Array(bytes[..<n])
            let tree = M.dissect(part)
            #expect(tree.error == M.check(part))
            #expect((try? M(copying: part)) == nil || tree.error == nil)
            if let e = tree.error {
                #expect(e.offset <= n && !e.description.isEmpty && e.reason != .unexplained, "\(M.name): \(e)")
                if e.reason == .truncated { #expect(e.wanted > e.had && e.had <= UInt64(n), "\(M.name): \(e)") }
            }
            for node in tree.nodes { #expect(node.range.upperBound <= n && node.content.upperBound <= n) }
            _ = M.fields(part)
            _ = M.extent(part)
        }
    }
}
@Test(arguments: catalogue.indices) func truncationAtEveryByte(_ i: Int) { truncate(catalogue[i]) }

/// Checks that all ways to read agree about any bytes, and that accepted bytes can be written again.
private func survive<M: Message>(_: M.Type, _ bytes: [UInt8]) {
    let tree = M.dissect(bytes)
    let e = M.check(bytes)
    #expect(tree.agrees(with: e) && e?.reason != .unexplained, "\(M.name): \(bytes.hex)")
    _ = M.extent(bytes)
    let fields = M.fields(bytes)
    guard let m = try? M(copying: bytes) else { return #expect(e != nil) }
    #expect(e == nil)
    _ = m.encoded()
    #expect(M.reencode(bytes) != nil)
    if M.self != RPCMessage.self, M.self != SwarmEvent.self, M.form != .json {
        // A oneof shows all members that were present, and JSON shows replaced ones.
        #expect(fields.sorted == m.value().sorted, "\(M.name): \(bytes.hex)")
    }
}
private func flip<M: Message>(_: M.Type) {
    for bytes in samples(M.self, 0..<4) where bytes.count < 300 {
        var flipped = bytes
        for i in flipped.indices {
            for bit in 0..<8 as Range<UInt8> {
                flipped[i] = bytes[i] ^ 1 << bit
                survive(M.self, flipped)
            }
            flipped[i] = bytes[i]
        }
    }
}
@Test(arguments: catalogue.indices) func singleBitFlips(_ i: Int) { flip(catalogue[i]) }

private func noise<M: Message>(_: M.Type) {
    var state: UInt64 = 42
    for length in 0..<200 {
        var bytes: [UInt8] = []
        for _ in 0..<length {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: state >> 56))
        }
        survive(M.self, bytes)
    }
}
@Test(arguments: catalogue.indices) func noise(_ i: Int) { noise(catalogue[i]) }

@Test func hostileCountsAllocateNothing() {
    // 2^64 - 1 hashes of 32 bytes exceed any number of bytes.
    #expect(
        Hashes.refused([UInt8](repeating: 0xff, count: 40))
            == "hashes at 8: wants 9223372036854775807 bytes, has 32 (length claimed by count)")
    let many: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0, 0]
    #expect(Hashes.check(many)?.wanted == 1 << 33 && Hashes.extent(many) == .needMore(atLeast: 1 << 33))
    // A list of messages without bytes can have as many elements as there are bytes, regardless of the count.
    #expect(Nothings.check([0xff, 0xff, 0xff, 0xff])?.reason == .truncated)
    #expect(Nothings.extent([0, 0, 0, 9]) == .needMore(atLeast: 9))
    #expect(Nothings.check([0, 0, 0, 2, 0, 0])?.reason == .trailing)
    // The wire cannot contain a negative count, but a computation can.
    #expect(Body.check([1, 0, 0, 24, 0xff, 0xff, 0xff, 0xff])?.reason == .truncated)
    #expect(Body.check([0x20, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])?.reason == .truncated)
    #expect(MultistreamToken.check([0])?.description == "length at 0: illegal value 0")
    #expect(MultistreamToken.check([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])?.reason == .illegal)
    #expect(RPC.check([0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])?.wanted == UInt64(Int.max))
    #expect(RPC.check([0x7a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])?.reason == .truncated)
    #expect(RPC.check([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2])?.reason == .overlong)
}

@Test func nestingIsBounded() throws {
    // Each level takes two bytes and contains the next one.
    func nested(_ depth: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<depth {
            var n = bytes.count
            var length: [UInt8] = []
            while n > 127 {
                length.append(UInt8(n & 127) | 128)
                n >>= 7
            }
            bytes = [0x12] + length + [UInt8(n)] + bytes
        }
        return bytes
    }
    #expect(Branch.check(nested(64)) == nil && Branch.check(nested(65))?.reason == .tooDeep)
    #expect(Branch.check(nested(5000))?.reason == .tooDeep)
    survive(Branch.self, nested(5000))
    let chain = [UInt8](repeating: 1, count: 100_000) + [0]
    #expect(Chain.check(Array(chain.suffix(65))) == nil && Chain.check(Array(chain.suffix(66)))?.reason == .tooDeep)
    survive(Chain.self, chain)
    let refusal = if case .refused(let e) = Chain.extent(chain) { e } else { nil as WireError? }
    let e = try #require(refusal)
    #expect(e.reason == .tooDeep && e.offset == 65 && e.path.hasPrefix("links[0].links[0].links[0]"))
    func refused(_ s: String) -> String { Offer.refused(Array(s.utf8)) }
    #expect(refused(String(repeating: #"{"data":"#, count: 70)) == "data at 8: not JSON, found byte 0x7b")
    #expect(JSON.parse(Array((String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8)) != nil)
    #expect(JSON.parse([UInt8](repeating: 0x5b, count: 1_000_000)) == nil)
    // A message type that contains itself can be described.
    #expect(Branch.describe().map(\.name) == ["mark", "branches"] && Branch.field("branches")?.fields == [])
}

@Test func manyFieldsAreCutNotKept() {
    // Unknown fields of two bytes: each has a note, up to a limit.
    let many = [UInt8](repeating: 0, count: 4000).indices.map { $0 % 2 == 0 ? 0x78 : 1 as UInt8 }
    let tree = Publication.dissect(many)
    #expect(tree.isCut && tree.notes.count == Dissection.maximumNotes && tree.error == nil)
    #expect(Publication.fields(many)["unknown"]?.items.count == 2000)
    // A sequence of sections with wrong lengths: each wrong length costs the same.
    var body: [UInt8] = []
    for _ in 0..<20_000 { body += [4, 0, 0, 66, 0, 0, 0, 0] }
    let lies = Body.dissect(body)
    #expect(lies.error == nil && lies.notes.count == Dissection.maximumNotes)
    // The message has more nodes than the limit.
    let hashes = Branch.dissect((0..<(2 << 20)).map { _ in [0x08, 0x01] as [UInt8] }.flatMap { $0 })
    #expect(hashes.error == nil)
    let wide = MessageIDs.dissect((0..<(1 << 20) + 9).flatMap { _ in [0x0a, 0x00] as [UInt8] })
    #expect(wide.isCut && wide.nodes.count == Dissection.maximumNodes && wide.error == nil)
    // One node counts the elements of one field. Elements of two alternating fields have a node each, up to the limit.
    let turns = (0..<(1 << 19) + 9).flatMap { _ in [0x0a, 0x00, 0x78, 0x01] as [UInt8] }
    var outline = Dissector()
    var names = WordSet()
    let kept = outline.outline(MessageIDs.self, turns.span.bytes, leavingOut: &names)
    #expect(outline.dissection.isCut && kept.count == Dissection.maximumNodes)
}

@Test func spansBeyondTwoGigabytesAreRefused() throws {
    let count = Int(Int32.max) + 1
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let base = try #require(mmap(nil, count, PROT_READ, flags, -1, 0))
    try #require(base != MAP_FAILED)
    defer { munmap(base, count) }
    let span = UnsafeRawBufferPointer(start: base, count: count).bytes
    let e = MessageIDs.check(span)
    #expect(e?.reason == .tooLong && e?.wanted == UInt64(Int32.max) && e?.had == UInt64(count))
    #expect(MessageIDs.dissect(span).error == e && YamuxFrame.check(span)?.reason == .tooLong)
    #expect(YamuxFrame.extent(of: span) == YamuxFrame.check(span).map { .refused($0) })
    var frame = YamuxFrame()
    let read = frame.read(borrowing: span)
    #expect(!read && YamuxFrame.reencode(span) == nil)
    var thrown: WireError?
    do throws(WireError) { _ = try YamuxFrame(copying: span) } catch let e { thrown = e }
    #expect(thrown?.reason == .tooLong)
    #expect(thrown?.description == "2147483648 bytes, more than 2147483647")
}
