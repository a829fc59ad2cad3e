import Testing
import Wire

@testable import Nano

/// Tests of the values that are computed from messages.
struct ComputedValueTests {
    private static let blocks: [Block] = {
        var state = StateBlock()
        state.balance.bytes[3] = 7
        var send = SendBlock()
        send.previous = Key32(state.hash.value(in: RawSpan())) ?? Key32()
        return [
            .state(state), .send(send), .receive(ReceiveBlock()), .open(OpenBlock()), .change(ChangeBlock()),
        ]
    }()
    private static func paths(_ dissection: Dissection, _ bytes: [UInt8]) -> [(path: String, value: Value)] {
        dissection.nodes.indices.filter { dissection.nodes[$0].isComputed }
            .map { (dissection.path(of: $0), dissection.nodes[$0].leafValue(in: bytes.span.bytes)) }
    }
    /// JSON that is written while the bytes are read has the values of the tree, with the same paths.
    private static func agrees<M: Message>(_ message: M) {
        let bytes = message.encoded()
        for cut in [bytes.count, bytes.count - 1] {
            let part = Array(bytes.prefix(cut))
            var (dissector, text, wanted): (_, [UInt8], [UInt8]) = (Dissector(), [], [])
            text.write(room: 0) { _ = dissector.writeFields(of: M.self, part.span.bytes, to: &$0) }
            let tree = paths(M.dissect(part.span.bytes), part)
            ValueJSON.write(.map(tree.map { .init($0.path, $0.value) }), to: &wanted)
            #expect([UInt8(ascii: "{")] + dissector.computed + [UInt8(ascii: "}")] == wanted, "\(M.name)")
            #expect(cut < bytes.count || !tree.isEmpty)
        }
    }
    @Test func bothWritersAgree() {
        for block in Self.blocks {
            var publish = Publish()
            publish.block = block
            Self.agrees(publish)
            Self.agrees(BulkBlock(block: block))
        }
        var vote = ConfirmAck()
        vote.vote.hashes = [Key32(), Key32()]
        Self.agrees(vote)
        var ack = AscPullAck()
        (ack.frame.pullType, ack.body.pullType) = (.blocks, .blocks)
        ack.body.blocks = AscPullAck.Blocks(entries: Self.blocks.map { BulkBlock(block: $0) })
        Self.agrees(ack)
    }
    /// A block is shown with its hash and root, in a list at its own path.
    @Test func blocksHaveHashAndRoot() throws {
        let bytes = AscPullAck.Blocks(entries: Self.blocks.map { BulkBlock(block: $0) }).encoded()
        let shown = Self.paths(AscPullAck.Blocks.dissect(bytes.span.bytes), bytes)
        let names = ["state", "send", "receive", "open", "change"]
        let wanted = try zip(Self.blocks, names).enumerated().flatMap { i, pair in
            let (block, name) = pair
            let content = try #require(block.content)
            return [
                ("entries[\(i)].\(name).hash", content.hash.value(in: RawSpan())),
                ("entries[\(i)].\(name).root", content.root.value(in: RawSpan())),
            ]
        }
        #expect(shown.map(\.path) == wanted.map(\.0) && shown.map(\.value) == wanted.map(\.1))
    }
    /// Only a packed timestamp with all bits set is final.
    @Test(arguments: [.max, .max - 1, 0] as [UInt64]) func votesAreFinal(_ packed: UInt64) {
        var vote = ConfirmAck()
        vote.vote.packedTimestamp.stored = packed
        let bytes = vote.encoded()
        let shown = Self.paths(ConfirmAck.dissect(bytes.span.bytes), bytes)
        #expect(shown.map(\.path) == ["final"] && shown.first?.value == .bool(vote.vote.isFinal))
        #expect(vote.vote.isFinal == (packed == .max))
    }
}
