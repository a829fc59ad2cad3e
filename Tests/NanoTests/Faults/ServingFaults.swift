import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

extension Peer {
    /// Returns a request of ascending bootstrap.
    func pull(_ id: UInt64, _ body: (inout AscPullReq) -> Void) -> [UInt8] {
        var message = AscPullReq()
        message.header = rules.header(.ascPullReq)
        message.frame.id = id
        body(&message)
        return message.encoded()
    }
    func blocks(_ id: UInt64 = 1, from start: Key32, count: UInt8, _ type: TargetType = .account) -> [UInt8] {
        pull(id) {
            $0.frame.pullType = .blocks
            $0.body.pullType = .blocks
            $0.body.blocks = .init()
            $0.body.blocks?.start = start
            $0.body.blocks?.count = count
            $0.body.blocks?.startType = type
        }
    }
    func frontiers(_ id: UInt64 = 1, from start: Key32, count: UInt16) -> [UInt8] {
        pull(id) {
            $0.frame.pullType = .frontiers
            $0.body.pullType = .frontiers
            $0.body.frontiers = .init()
            $0.body.frontiers?.start = start
            $0.body.frontiers?.count = count
        }
    }
    /// Returns a block after the head of the first account of the dev network. It only changes the representative.
    func change(of ledger: Ledger, representative: Key32 = Key32(repeating: 3), works: Bool = true) -> StateBlock {
        let genesis = NanoNetwork.dev.genesisAccount
        var block = StateBlock()
        block.account = genesis
        block.previous = ledger.accounts[genesis]?.head ?? Key32()
        block.representative = representative
        block.balance = Fixed<16>(ledger.accounts[genesis]?.balance ?? 0)
        let key = SigningKey(NanoNetwork.devGenesisSeed.bytes)
        block.signature = Signature64(key.sign(block.hash.array.span.bytes)) ?? Signature64()
        let threshold = NanoNetwork.dev.work.epoch1
        block.work =
            (0...).first { (Work.value($0, root: block.root) >= threshold) == works && (works || !admits($0, block)) }
            ?? 0
        return block
    }
    private func admits(_ work: UInt64, _ block: StateBlock) -> Bool {
        Work.value(work, root: block.root) >= NanoNetwork.dev.work.entry(.state)
    }
    func publish(_ block: Block, originator: Bool = false) -> [UInt8] {
        var message = Publish()
        message.header = rules.header(.publish)
        message.originator = originator
        message.block = block
        return message.encoded()
    }
    /// Returns a vote of the first account for the first block.
    func vote(spoil: (inout Vote) -> Void = { _ in }, rebroadcasted: Bool = false) -> [UInt8] {
        var message = ConfirmAck()
        message.header = rules.header(.confirmAck)
        message.rebroadcasted = rebroadcasted
        message.vote.account = rules.network.genesisAccount
        message.vote.hashes = [rules.network.genesis]
        message.vote.timestamp = 1_700_000_000_000
        message.vote.sign(with: SigningKey(NanoNetwork.devGenesisSeed.bytes))
        spoil(&message.vote)
        return message.encoded()
    }
    func telemetry(
        key signer: SigningKey? = nil, extensions: UInt16? = nil,
        change: (inout TelemetryAck.Telemetry) -> Void = { _ in },
        spoil: (inout TelemetryAck.Telemetry) -> Void = { _ in }
    ) -> [UInt8] {
        var data = TelemetryAck.Telemetry()
        data.nodeID = id
        data.genesis = rules.network.genesis
        change(&data)
        data.sign(with: signer ?? key)
        spoil(&data)
        var message = TelemetryAck()
        message.header = rules.header(.telemetryAck)
        message.header.extensions.stored = extensions
        message.data = data
        return message.encoded()
    }
}

extension Table {
    /// Returns the answers of a node to requests of ascending bootstrap.
    func acks(on link: LinkID) -> [AscPullAck] {
        heard(on: link).filter { $0[5] == 0x0f }.compactMap { try? AscPullAck(copying: $0) }
    }
    func count(_ type: UInt8, on link: LinkID) -> Int { heard(on: link).count { $0[5] == type } }
    var ledger: Ledger { nodes["node"]?.core.ledger ?? Ledger(.dev) }
}

/// Returns the behaviour of a node, with or without a bug, for faults about blocks, telemetry and bootstrapping.
func serving(_ fault: Misbehaviour, _ bug: String?) throws -> String {
    let peer = Peer()
    let genesis = NanoNetwork.dev
    var (table, link) = try Table.joined(bug: bug)
    func fate() -> String { !table.isOpen(link) ? "closed" : table.isAlive(link) ? "alive" : "open" }
    func after(_ bytes: [UInt8]) -> String {
        table.say(bytes, on: link)
        return fate()
    }
    func answer(_ bytes: [UInt8], _ text: (AscPullAck) -> String) -> String {
        table.say(bytes, on: link)
        return table.acks(on: link).last.map(text) ?? "no answer"
    }
    func passed(_ type: UInt8, _ messages: [[UInt8]]) -> String {
        let other = table.join(.stranger)
        for bytes in messages { table.say(bytes, on: link) }
        return "\(table.count(type, on: other)) passed on"
    }
    let good = peer.publish(.state(peer.change(of: table.ledger)))
    switch fault {
    case .noDuplicateFilter: return passed(3, [good, good])
    case .closesOnTelemetryBits: return after(peer.telemetry(extensions: 0x04ca))
    case .accountInfoWithoutHead:
        return answer(peer.probe()) { $0.body.accountInfo?.head == Key32() ? "no head" : "head" }
    case .silentOnUnknownAccount: return answer(peer.probe(target: peer.id)) { _ in "answer" }
    case .hashIsNoTarget:
        return answer(peer.probe(target: genesis.genesis, .block)) {
            $0.body.accountInfo?.account == genesis.genesisAccount ? "account" : "another"
        }
    case .ignoresBlockCount:
        return answer(peer.blocks(from: genesis.genesisAccount, count: 1)) {
            "\($0.body.blocks?.entries.count ?? -1) blocks"
        }
    case .startsBehindHash:
        return answer(peer.blocks(from: genesis.genesis, count: 9, .block)) {
            $0.body.blocks?.entries.first?.block.content?.hash == genesis.genesis ? "that block" : "another"
        }
    case .silentOnUnknownStart: return answer(peer.blocks(from: peer.id, count: 1)) { _ in "answer" }
    case .answersBadBlockCount: return answer(peer.blocks(from: genesis.genesisAccount, count: 0)) { _ in "answer" }
    case .frontiersBehindStart:
        return answer(peer.frontiers(from: genesis.genesisAccount, count: 1)) {
            $0.body.frontiers?.entries.first?.account == genesis.genesisAccount ? "that account" : "another"
        }
    case .answersBadFrontierCount: return answer(peer.frontiers(from: Key32(), count: 1001)) { _ in "answer" }
    case .closesOnUnknownPull, .closesOnLaterPull:
        var bytes = peer.probe()
        bytes[8] = fault == .closesOnUnknownPull ? 9 : 4
        return after(bytes)
    case .refusesTrailing:
        var bytes = peer.probe() + [1, 2, 3]
        bytes[6] += 3
        return answer(bytes) { _ in "answer" }
    default:
        let early = table.attach("node")
        table.say(Early.header(0x08) + Early.zeros[..<40], on: early)
        return table.isOpen(early) ? "open" : "closed"
    }
}

extension Misbehaviour {
    /// The behaviour of a good node in `serving`.
    var lawfulServing: String {
        switch self {
        case .noDuplicateFilter: "1 passed on"
        case .accountInfoWithoutHead: "head"
        case .silentOnUnknownAccount, .silentOnUnknownStart, .refusesTrailing: "answer"
        case .hashIsNoTarget: "account"
        case .ignoresBlockCount: "1 blocks"
        case .startsBehindHash: "that block"
        case .answersBadBlockCount, .answersBadFrontierCount: "no answer"
        case .frontiersBehindStart: "that account"
        default: "alive"
        }
    }
}

extension [UInt8] {
    var key: Key32? { Key32(exactly: self) }
}
