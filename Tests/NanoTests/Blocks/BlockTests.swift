import Crypto
import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// NANO-57: the sizes of blocks, and the byte order of the work at the end for each block type.
@Test func blockSizes() {
    let sizes = (0...15 as ClosedRange<UInt8>).map { BlockType(rawValue: $0).count }
    #expect(sizes == [0, 0, 152, 136, 168, 136, 216, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    func work<B: LedgerBlock>(_: B.Type) -> [UInt8] {
        var block = B()
        block.work = 0x0102_0304_0506_0708
        return Array(block.encoded().suffix(8))
    }
    let little: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
    #expect(work(SendBlock.self) == little && work(ReceiveBlock.self) == little && work(OpenBlock.self) == little)
    #expect(work(ChangeBlock.self) == little && work(StateBlock.self) == little.reversed())
}

/// Returns a message with blocks or votes, by the name of its vector.
private func message<M: Message>(_: M.Type, _ name: String) throws -> M { try M(copying: Vector.bytes(of: name)) }

/// NANO-59: the blocks of the vectors are signed. Each account except for the dev genesis is named by its vector.
@Test func blockSignatures() throws {
    var checked = 0
    for vector in Vector.all where vector.file == "publish" && vector.isAccepted {
        let block = try #require(try Publish(copying: vector.bytes).block.content)
        let account =
            switch try Publish(copying: vector.bytes).block {
            case .state(let block): block.account
            case .open(let block): block.account
            default: NanoNetwork.dev.genesisAccount
            }
        let isGood = !vector.provenance.contains("signature not valid")
        #expect(block.isSigned(by: account) == isGood, "\(vector.name)")
        #expect(!block.isSigned(by: Key32(repeating: 7)))
        // NANO-60: the blocks also have enough work to be processed.
        if isGood, vector.name.contains("dev") { #expect(NanoNetwork.dev.work.admits(block), "\(vector.name)") }
        checked += isGood ? 1 : 0
    }
    #expect(checked >= 8)
    // One field of each type is changed.
    guard case .state(var state) = try message(Publish.self, "publish_dev_state").block else {
        Issue.record("no state block")
        return
    }
    state.balance.bytes[15] ^= 1
    #expect(!state.isSigned(by: state.account))
}

/// NANO-101: a signature without a random nonce equals the signature of the dev genesis block. The top bits of S count.
@Test func devGenesisSignature() throws {
    guard case .open(let block) = try message(Publish.self, "publish_dev_genesis_open").block else {
        Issue.record("no open block")
        return
    }
    #expect(block.hash == NanoNetwork.dev.genesis)
    let seed = [UInt8](hex: "34f0a37aad20f4a260f0a5b3cb3d7fb50673212263e58a380bc10474bb039ce4") ?? []
    let key = try #require(SigningKey(seed: seed))
    #expect(Key32(key.publicKey) == block.account)
    #expect(Signature64(key.sign(block.hash.array.span.bytes)) == block.signature)
    for bit in [0x20, 0x40, 0x80] as [UInt8] {
        var spoilt = block
        spoilt.signature.bytes[63] |= bit
        #expect(!spoilt.isSigned(by: block.account))
    }
}

/// NANO-60: the thresholds of the networks. Legacy blocks have the threshold of the first epoch, and state blocks have
/// the lowest.
@Test func workThresholds() {
    #expect(NanoNetwork.live.work.entry(.open) == 0xffff_ffc0_0000_0000)
    #expect(NanoNetwork.live.work.entry(.state) == 0xffff_fe00_0000_0000)
    #expect(NanoNetwork.beta.work.entry(.send) == 0xffff_f000_0000_0000)
    #expect(NanoNetwork.beta.work.entry(.state) == 0xffff_e000_0000_0000)
    #expect(NanoNetwork.dev.work.entry(.change) == 0xfe00_0000_0000_0000)
    #expect(NanoNetwork.dev.work.entry(.state) == 0xf000_0000_0000_0000)
    #expect(NanoNetwork.test.work == NanoNetwork.live.work)
    var block = StateBlock()
    block.account = NanoNetwork.dev.genesisAccount
    block.previous = NanoNetwork.dev.genesis
    block.work = 183
    #expect(NanoNetwork.dev.work.admits(block) && !NanoNetwork.live.work.admits(block))
    block.work = (0...).first { Work.value($0, root: block.root) < 0xf000_0000_0000_0000 } ?? 0
    #expect(!NanoNetwork.dev.work.admits(block))
}

/// NANO-64: the votes of the vectors are signed. Time and duration form one number.
@Test func votes() throws {
    var checked = 0
    for vector in Vector.all where vector.file == "confirm_ack" && vector.isAccepted {
        let ack = try ConfirmAck(copying: vector.bytes)
        guard ack.block == .none, !vector.provenance.contains("signature not valid"),
            !vector.name.hasSuffix("rebroadcasted")
        else { continue }
        #expect(ack.vote.isSigned, "\(vector.name)")
        #expect(ack.vote.isFinal == vector.name.hasSuffix("_final"), "\(vector.name)")
        var spoilt = ack.vote
        spoilt.packedTimestamp.stored = ack.vote.packed ^ 1
        #expect(!spoilt.isSigned)
        spoilt = ack.vote
        spoilt.hashes.append(Key32())
        #expect(!spoilt.isSigned)
        checked += 1
    }
    #expect(checked >= 7)
    var vote = Vote()
    vote.timestamp = 1_700_000_000_015
    vote.duration = 9
    #expect(vote.packed == 1_700_000_000_009 && !vote.isFinal)
    let key = SigningKey(InlineArray(repeating: 3))
    vote.account = Key32(key.publicKey) ?? Key32()
    vote.sign(with: key)
    #expect(vote.isSigned)
}

/// NANO-71, NANO-72: the telemetry signature covers all bytes after it, including unknown ones.
@Test func telemetrySignatures() throws {
    var checked = 0
    for vector in Vector.all where vector.file == "telemetry_ack" && vector.isAccepted {
        let ack = try TelemetryAck(copying: vector.bytes)
        guard let data = ack.data, !vector.provenance.contains("signature not valid") else { continue }
        #expect(data.isSigned(), "\(vector.name)")
        var bytes = vector.bytes
        bytes[bytes.count - 1] ^= 1
        #expect(try TelemetryAck(copying: bytes).data?.isSigned() == false, "\(vector.name)")
        checked += 1
    }
    #expect(checked >= 5)
}

/// NANO-65: both messages have the counts of nano-node, up to 255, and they can be read back.
@Test(arguments: [
    (0, "0001"), (1, "0011"), (15, "00f1"), (16, "0111"), (105, "9161"), (254, "e1f1"), (255, "f1f1"),
])
func confirmCounts(count: Int, extensions: String) throws {
    var ack = ConfirmAck()
    ack.vote.hashes = (0..<count).map { Key32(repeating: UInt8($0)) }
    var bytes = ack.encoded()
    #expect(Array(bytes[..<8]).hex == "524115151405" + extensions)
    #expect(bytes.count == 112 + 32 * count && length(of: bytes, nil) == bytes.count)
    #expect(try ConfirmAck(copying: bytes).vote.hashes == ack.vote.hashes)
    var request = ConfirmReq()
    request.pairs = (0..<count).map { i in
        var pair = HashRoot()
        pair.hash = Key32(repeating: UInt8(i))
        pair.root = Key32(repeating: 1)
        return pair
    }
    bytes = request.encoded()
    #expect(Array(bytes[..<8]).hex == "524115151404" + extensions)
    #expect(bytes.count == 8 + 64 * count && length(of: bytes, nil) == bytes.count)
    if count > 0 { #expect(try ConfirmReq(copying: bytes).pairs == request.pairs) }
}

/// Bits 0x0f00 are the type of a block. A vote may contain a block up to V23 (protocol version 0x12), and a request for
/// votes up to V25.
@Test(arguments: [(0x12, true, true), (0x13, false, true), (0x14, false, false)] as [(UInt8, Bool, Bool)])
func blocksOfVotes(version: UInt8, ack: Bool, req: Bool) throws {
    let early = try Definition.nano.settings(profile: "legacy")
    func header(_ type: UInt8) -> [UInt8] {
        [0x52, 0x41, version, version, 0x12, type, 0x00, 0x16] + [UInt8](repeating: 0, count: 400)
    }
    let (vote, block) = (8 + 104, 216)
    #expect(length(of: header(5), early) == vote + (ack ? block : 32))
    #expect(length(of: header(4), early) == 8 + (req ? block : 64))
}

/// NANO-92: the largest number of blocks and frontiers in one message, and one more.
@Test func fullAnswers() throws {
    guard case .state(let state) = try message(Publish.self, "publish_dev_state").block else {
        Issue.record("no state block")
        return
    }
    var block = BulkBlock()
    block.block = .state(state)
    func ack(_ type: PullType, _ fill: (inout AscPullAck.Body) -> Void) -> [UInt8] {
        var ack = AscPullAck()
        ack.frame.pullType = type
        ack.frame.id = 7
        fill(&ack.body)
        return ack.encoded()
    }
    func blocks(_ count: Int) -> [UInt8] {
        ack(.blocks) {
            $0.blocks = .init()
            $0.blocks?.entries = [BulkBlock](repeating: block, count: count)
        }
    }
    func frontiers(_ count: Int) -> [UInt8] {
        ack(.frontiers) {
            var frontier = Frontier()
            frontier.account = Key32(repeating: 1)
            $0.frontiers = .init()
            $0.frontiers?.entries = [Frontier](repeating: frontier, count: count)
        }
    }
    #expect(blocks(128).count == 27_794 && length(of: blocks(128), nil) == 27_794)
    #expect(try AscPullAck(copying: blocks(128)).body.blocks?.entries.count == 128)
    #expect(AscPullAck.check(blocks(129))?.path == "blocks.entries")
    #expect(frontiers(1000).count == 64_081 && length(of: frontiers(1000), nil) == 64_081)
    #expect(try AscPullAck(copying: frontiers(1000)).body.frontiers?.entries.count == 1000)
    #expect(AscPullAck.check(frontiers(1001))?.reason == .illegal)
}

/// The difficulty depends on the root. Here the root is from the genesis block of the live network, and the value is
/// from another BLAKE2b.
@Test func difficultyOfWork() throws {
    guard case .related(let relation)? = OpenBlock.field("work")?.meaning else {
        Issue.record("work says nothing")
        return
    }
    #expect(relation.fields == ["account"])
    let account = try #require([UInt8](hex: "e89208dd038fbb269987689621d52292ae9c35941a7484756ecced92a65093ba"))
    #expect(
        relation.text(of: 0x62f0_5417_dd3f_b691, with: [.bytes(account)])
            == "0x62f05417dd3fb691 (difficulty 0xfffffff4000d3dac)")
    #expect(relation.text(of: 0x62f0_5417_dd3f_b691, with: []) == "0x62f05417dd3fb691")
    // The first block of an account has no previous block.
    guard case .related(let state)? = StateBlock.field("work")?.meaning else {
        Issue.record("work says nothing")
        return
    }
    #expect(state.fields == ["previous", "account"])
    let zero = [UInt8](repeating: 0, count: 32)
    #expect(state.result(0x62f0_5417_dd3f_b691, [.bytes(zero), .bytes(account)]) == 0xffff_fff4_000d_3dac)
    #expect(state.result(0x62f0_5417_dd3f_b691, [.bytes(account), .bytes(zero)]) == 0xffff_fff4_000d_3dac)
}
