import Crypto
import Testing
import Wire

@testable import Nano
@testable import Node

private let small = Ledger.made(.dev, .small)

/// NANO-59: the first blocks of the networks have the known hashes and are signed.
@Test func firstBlocks() {
    for network in NanoNetwork.all {
        #expect(network.genesisBlock.hash == network.genesis, "\(network.name)")
        #expect(network.genesisBlock.isSigned(by: network.genesisAccount), "\(network.name)")
        let ledger = Ledger.made(network, .genesis)
        #expect(ledger.blockCount == 1 && ledger.confirmedCount == 1 && ledger.order == [network.genesisAccount])
        #expect(ledger.weight(of: network.genesisAccount) == .max)
    }
    #expect(Ledger.made(.live, .small).blockCount == 1, "nobody can sign for the others")
}

/// The generated ledger is consistent: no amount appears or disappears, and each block is valid.
@Test func madeLedgers() {
    for size in [LedgerSize.small, .large] {
        let maker = LedgerMaker(size)
        #expect(maker.failure == nil)
        let ledger = maker.ledger
        #expect(ledger.blockCount == 15 + 2 * size.surplus && ledger.accounts.count == 4 + size.surplus)
        var sum: UInt128 = 0
        for account in ledger.accounts.values { sum += account.balance }
        for sent in ledger.receivable.values.joined() { sum += sent.amount }
        #expect(sum == .max)
        let weights = Set(ledger.accounts.values.map(\.representative)).reduce(UInt128(0)) {
            $0 + ledger.weight(of: $1)
        }
        #expect(weights == ledger.accounts.values.reduce(UInt128(0)) { $0 + $1.balance })
        #expect(ledger.order.count == ledger.accounts.count)
        for (a, b) in zip(ledger.order, ledger.order.dropFirst()) { #expect(a.precedes(b)) }
        for entry in ledger.entries.values {
            #expect(NanoNetwork.dev.work.admits(entry.block.content ?? StateBlock()))
        }
    }
    #expect(Set(small.entries.values.map(\.block.type.rawValue)) == [2, 3, 4, 5, 6])
}

/// The reasons why a block is refused.
@Test func insertions() throws {
    let peer = Peer()
    let key = SigningKey(NanoNetwork.devGenesisSeed.bytes)
    let stranger = Key32(repeating: 9)
    func outcome(
        _ spoil: (inout StateBlock) -> Void, signs: Bool = true, works: Bool = true, to ledger: Ledger = small
    ) -> String {
        var ledger = ledger
        var block = peer.change(of: ledger)
        spoil(&block)
        if signs { block.signature = Signature64(key.sign(block.hash.array.span.bytes)) ?? Signature64() }
        let threshold = NanoNetwork.dev.work.epoch1
        block.work = (0...).first { (Work.value($0, root: block.root) >= threshold) == works } ?? 0
        return ledger.insert(.state(block), now: .zero).rawValue
    }
    #expect(outcome { _ in } == "progress")
    #expect(outcome({ _ in }, works: false) == "insufficient_work")
    #expect(outcome({ $0.representative = stranger }, signs: false) == "bad_signature")
    #expect(outcome { $0.previous = stranger } == "gap_previous")
    #expect(outcome { $0.previous = NanoNetwork.dev.genesis } == "fork")
    #expect(outcome { $0.previous = Key32() } == "fork")
    #expect(outcome { $0.link = stranger } == "gap_source")
    #expect(outcome { $0.link = NanoNetwork.dev.genesis } == "unreceivable")
    #expect(outcome { $0.balance.bytes[0] ^= 0x80 } == "progress", "a send")
    #expect(outcome { $0.balance = Fixed<16>(.max) } == "balance_mismatch")
    var ledger = small
    let block = peer.change(of: ledger)
    #expect(ledger.insert(.state(block), now: .zero) == .progress && ledger.insert(.state(block), now: .zero) == .old)
    // A legacy block cannot follow a state block.
    var legacy = ChangeBlock()
    legacy.previous = block.hash
    legacy.work = Work.find(root: legacy.previous, threshold: NanoNetwork.dev.work.epoch1, attempts: 1 << 20) ?? 0
    #expect(ledger.insert(.change(legacy), now: .zero) == .blockPosition)
    legacy.previous = stranger
    legacy.work = Work.find(root: stranger, threshold: NanoNetwork.dev.work.epoch1, attempts: 1 << 20) ?? 0
    #expect(ledger.insert(.change(legacy), now: .zero) == .gapPrevious)
    #expect(ledger.insert(.none, now: .zero) == .blockPosition)
}

/// NANO-82 to NANO-87 at their limits: 128 blocks and 1000 frontiers, and the start of the next answer.
@Test func largeAnswers() throws {
    let ledger = Ledger.made(.dev, .large)
    func blocks(_ start: Key32, _ count: UInt8, _ type: TargetType) -> [Key32] {
        var body = AscPullReq.Body()
        body.blocks = .init()
        body.blocks?.start = start
        body.blocks?.count = count
        body.blocks?.startType = type
        return ledger.answer(body)?.blocks?.entries.compactMap { $0.block.content?.hash } ?? []
    }
    let chain = try #require(ledger.accounts[NanoNetwork.dev.genesisAccount]).blocks
    #expect(chain.count > 256)
    #expect(blocks(NanoNetwork.dev.genesisAccount, 128, .account) == Array(chain[..<128]))
    #expect(blocks(chain[127], 128, .block) == Array(chain[127..<255]))
    #expect(blocks(chain[chain.count - 1], 128, .block) == [chain[chain.count - 1]])
    #expect(blocks(chain[0], 128, .account) == [] && blocks(Key32(repeating: 9), 1, TargetType(rawValue: 7)) == [])
    let first = ledger.frontiers(from: Key32(), 1000)
    #expect(first.map(\.account) == Array(ledger.order[..<1000]))
    #expect(ledger.frontiers(from: ledger.order[1000], 1000).map(\.account) == Array(ledger.order[1000...]))
    #expect(ledger.frontiers(from: Key32(repeating: 255), 1000).isEmpty)
}

/// Types of protocol version 0x16: blocks by hash, and the order of their dependencies.
@Test func laterPulls() throws {
    var (table, link) = try Table.joined(profile: "v29dev", version: 3, by: Peer())
    var peer = Peer()
    peer.rules = Ruleset(network: .dev, profile: .v29dev)
    let some = Array(small.entries.keys.prefix(3))
    table.say(
        peer.pull(4) {
            $0.frame.pullType = .blocksRandom
            $0.body.pullType = .blocksRandom
            $0.body.blocksRandom = .init()
            $0.body.blocksRandom?.hashes = some + [Key32(repeating: 9)]
        }, on: link)
    #expect(table.acks(on: link).last?.body.blocksRandom?.entries.compactMap { $0.block.content?.hash } == some)
    func topology(_ height: UInt64, _ hash: Key32, _ count: UInt16) -> [AscPullAck.TopoEntry]? {
        let before = table.acks(on: link).count
        table.say(
            peer.pull(5) {
                $0.frame.pullType = .topoIndex
                $0.body.pullType = .topoIndex
                $0.body.topoIndex = .init()
                $0.body.topoIndex?.height = height
                $0.body.topoIndex?.hash = hash
                $0.body.topoIndex?.count = count
            }, on: link)
        return table.acks(on: link).dropFirst(before).last?.body.topoIndex?.entries
    }
    let all = try #require(topology(0, Key32(), 1000))
    #expect(all.count == small.blockCount && all.first?.hash == NanoNetwork.dev.genesis && all.first?.height == 1)
    // Each block follows the blocks that it depends on.
    var seen: Set<Key32> = [Key32()]
    for entry in all {
        if case .state(let block)? = small.entries[entry.hash]?.block { #expect(seen.contains(block.previous)) }
        seen.insert(entry.hash)
    }
    let rest = try #require(topology(all[5].height, all[5].hash, 3))
    #expect(rest.map(\.hash) == all[5..<8].map(\.hash))
    #expect(topology(0, Key32(), 0) == nil && topology(0, Key32(), 1001) == nil)
}

/// Legacy bootstrap as it was up to V27: streams and their end marks.
@Test func streams() throws {
    func answer(_ request: [UInt8], profile: String = "legacy") throws -> [UInt8] {
        var table = Table()
        try table.add("node", profile: profile)
        let link = table.attach("node")
        table.say(request, on: link)
        #expect(table.isOpen(link) == (profile != "v29dev"))
        return Array(table.heard(on: link).joined())
    }
    let genesis = NanoNetwork.dev.genesisAccount
    let chain = try #require(small.accounts[genesis]).blocks
    func pull(_ start: Key32, _ end: Key32 = Key32(), limit: UInt32? = nil, ascending: Bool = false) throws -> [Key32] {
        var request = BulkPull()
        request.header = Ruleset(network: .dev, profile: .legacy).header(.bulkPull)
        request.start = start
        request.end = end
        request.ascending = ascending
        if let limit {
            request.limit = .init()
            request.limit?.count = limit
        }
        var rest = try answer(request.encoded())[...]
        #expect(rest.popLast() == 1, "the end mark")
        var out: [Key32] = []
        while let type = rest.first {
            let count = 1 + BlockType(rawValue: type).count
            let item = try BulkBlock(copying: Array(rest.prefix(count)))
            out.append(try #require(item.block.content).hash)
            rest = rest.dropFirst(count)
        }
        return out
    }
    #expect(try pull(genesis) == chain.reversed())
    #expect(try pull(genesis, chain[1]) == chain[2...].reversed())
    #expect(try pull(chain[2]) == chain[...2].reversed())
    #expect(try pull(genesis, limit: 2) == Array(chain.reversed().prefix(2)))
    #expect(try pull(genesis, ascending: true) == chain)
    #expect(try pull(chain[1], ascending: true) == Array(chain[2...]))
    #expect(try pull(Key32(repeating: 9)) == [])
    let other = try #require(small.order.first { $0 != genesis })
    #expect(try pull(genesis, small.accounts[other]?.head ?? Key32()) == [], "an end of another account")

    var frontiers = FrontierReq()
    frontiers.header = Ruleset(network: .dev, profile: .legacy).header(.frontierReq)
    frontiers.age = .max
    frontiers.count = .max
    #expect(try answer(frontiers.encoded()).count == 64 * (small.accounts.count + 1))
    frontiers.count = 2
    let two = try answer(frontiers.encoded())
    #expect(two.count == 64 * 3 && two.suffix(64).allSatisfy { $0 == 0 })
    #expect(Array(two.prefix(32)) == small.order[0].array)
    frontiers.start = small.order[3]
    frontiers.onlyConfirmed = true
    #expect(try answer(frontiers.encoded()).count == 64 * 2)

    let waiting = try #require(small.receivable.first { $0.value.count == 2 })
    func pending(_ flags: UInt8, minimum: UInt128 = 0) throws -> Int {
        var request = BulkPullAccount()
        request.header = Ruleset(network: .dev, profile: .legacy).header(.bulkPullAccount)
        request.account = waiting.key
        request.minimumAmount = Fixed<16>(minimum)
        request.flags = PendingFlags(rawValue: flags)
        return try answer(request.encoded()).count
    }
    #expect(try pending(0) == 48 + 2 * 48 + 48 && pending(1) == 48 + 2 * 32 + 32 && pending(2) == 48 + 2 * 80 + 80)
    #expect(try pending(0, minimum: waiting.value[1].amount) == 48 + 48 + 48)
    #expect(try pending(3) == 0)
    // Since V28 there is no answer, and then not even an open connection.
    #expect(try answer(Early.header(0x08) + [UInt8](repeating: 0, count: 40), profile: "v28").isEmpty)
    #expect(try answer(Early.header(0x08) + [UInt8](repeating: 0, count: 40), profile: "v29dev").isEmpty)
}

/// Blocks after a bulk_push enter the ledger, regardless of the segments. Bytes that are not a block end the
/// connection.
@Test(arguments: [0, 1, 7]) func pushes(chop: Int) throws {
    var table = Table()
    table.chop = chop
    try table.add("node", profile: "legacy")
    let link = table.attach("node")
    let block = Peer().change(of: small)
    var item = BulkBlock()
    item.block = .state(block)
    var push = Early.header(0x07)
    push[2...4] = [0x12, 0x12, 0x12]
    table.say(push + item.encoded() + [1], on: link)
    #expect(table.ledger.blockCount == small.blockCount + 1 && table.isOpen(link))
    var request = FrontierReq()
    request.header = Ruleset(network: .dev, profile: .legacy).header(.frontierReq)
    request.count = 1
    request.age = .max
    table.say(request.encoded(), on: link)
    #expect(table.heard(on: link).joined().count == 128, "and the stream goes on as messages")
    table.say(push + [7], on: link)
    #expect(!table.isOpen(link))
}

/// The number of bootstrap connections is limited. Closed connections make room for others.
@Test func bootstrapConnections() throws {
    var table = Table()
    try table.add("node")
    let request = Early.header(0x08) + [UInt8](repeating: 0, count: 40)
    let links = (0..<65).map { _ in table.attach("node") }
    for link in links { table.say(request, on: link) }
    #expect(links.count { table.isOpen($0) } == 64 && !table.isOpen(links[64]))
    table.say(Early.header(0x09), on: links[0])
    #expect(!table.isOpen(links[0]))
    let another = table.attach("node")
    table.say(request, on: another)
    #expect(table.isOpen(another))
}
