import Crypto
import Node
import Wire

/// The initial ledger of a node.
enum LedgerSize: String, CaseIterable, Sendable {
    /// Four accounts, blocks of every type, and amounts that wait to be received.
    case small
    /// Only the first block of the network.
    case genesis
    /// More accounts and blocks than one answer holds.
    case large

    /// The number of accounts beyond the accounts of `small`.
    var surplus: Int { self == .large ? 1100 : 0 }
}

extension Ledger {
    /// Returns the ledger of a network. Its blocks are always the same, as in all nodes of a network. Only the dev
    /// network has more than the first block, because the key of its first account is public.
    static func made(_ network: NanoNetwork, _ size: LedgerSize) -> Ledger {
        guard network.id == .dev, size != .genesis else { return Ledger(network) }
        return size == .small ? small : large
    }
    private static let small = LedgerMaker(.small).ledger
    private static let large = LedgerMaker(.large).ledger
}

/// Makes blocks, signs them and finds their work.
struct LedgerMaker {
    private(set) var ledger = Ledger(.dev)
    /// The outcome of the first block that was not accepted; nil if all were.
    private(set) var failure: Ledger.Outcome?
    private let genesis: Owner

    /// The key of an account.
    struct Owner {
        let key: SigningKey
        let id: Key32
        init(_ seed: Key32) {
            key = SigningKey(seed.bytes)
            id = Key32(exactly: key.publicKey) ?? Key32()
        }
    }

    init(_ size: LedgerSize) {
        genesis = Owner(NanoNetwork.devGenesisSeed)
        var random = Random(seed: 0x6c65_6467_6572, "nano ledger")
        let (a, b, c, d) = (
            Owner(random.key32()), Owner(random.key32()), Owner(random.key32()), Owner(random.key32())
        )
        let unit: UInt128 = 1_000_000_000_000_000_000_000_000_000_000
        // The chain of an account of the first years, followed by state blocks as they are made today.
        let first = legacySend(genesis, to: a, 1000 * unit)
        open(a, first, representative: a)
        change(a, representative: b)
        open(b, legacySend(a, to: b, 300 * unit), representative: genesis)
        legacyReceive(b, legacySend(a, to: b, 100 * unit))
        state(c, receiving: state(genesis, to: c, 500 * unit), 500 * unit)
        state(c, representative: a)
        state(a, receiving: state(c, to: a, 50 * unit), 50 * unit)
        state(b, to: d, 7 * unit)
        state(genesis, to: d, 11 * unit)
        for _ in 0..<size.surplus {
            let owner = Owner(random.key32())
            state(owner, receiving: state(genesis, to: owner, unit), unit)
        }
        ledger.confirmAll()
    }

    private func balance(_ owner: Owner) -> UInt128 { ledger.accounts[owner.id]?.balance ?? 0 }
    private func head(_ owner: Owner) -> Key32 { ledger.accounts[owner.id]?.head ?? Key32() }

    private mutating func legacySend(_ owner: Owner, to destination: Owner, _ amount: UInt128) -> Key32 {
        var block = SendBlock()
        block.previous = head(owner)
        block.destination = destination.id
        block.balance = Fixed<16>(balance(owner) - amount)
        return add(block, Block.send, owner)
    }
    private mutating func legacyReceive(_ owner: Owner, _ source: Key32) {
        var block = ReceiveBlock()
        block.previous = head(owner)
        block.source = source
        _ = add(block, Block.receive, owner)
    }
    private mutating func open(_ owner: Owner, _ source: Key32, representative: Owner) {
        var block = OpenBlock()
        block.source = source
        block.representative = representative.id
        block.account = owner.id
        _ = add(block, Block.open, owner)
    }
    private mutating func change(_ owner: Owner, representative: Owner) {
        var block = ChangeBlock()
        block.previous = head(owner)
        block.representative = representative.id
        _ = add(block, Block.change, owner)
    }
    @discardableResult
    private mutating func state(_ owner: Owner, to destination: Owner, _ amount: UInt128) -> Key32 {
        add(state(owner, balance(owner) - amount, destination.id), Block.state, owner)
    }
    private mutating func state(_ owner: Owner, receiving source: Key32, _ amount: UInt128) {
        _ = add(state(owner, balance(owner) + amount, source), Block.state, owner)
    }
    private mutating func state(_ owner: Owner, representative: Owner) {
        var block = state(owner, balance(owner), Key32())
        block.representative = representative.id
        _ = add(block, Block.state, owner)
    }
    private func state(_ owner: Owner, _ balance: UInt128, _ link: Key32) -> StateBlock {
        var block = StateBlock()
        block.account = owner.id
        block.previous = head(owner)
        block.representative = ledger.accounts[owner.id]?.representative ?? owner.id
        block.balance = Fixed<16>(balance)
        block.link = link
        return block
    }
    private mutating func add<B: LedgerBlock>(_ bare: B, _ whole: (B) -> Block, _ owner: Owner) -> Key32 {
        var block = bare
        let hash = block.hash
        block.signature = Signature64(owner.key.sign(hash.array.span.bytes)) ?? Signature64()
        // On the dev network, one attempt in 128 succeeds.
        block.work = Work.find(root: block.root, threshold: NanoNetwork.dev.work.epoch1, attempts: 1 << 16) ?? 0
        let outcome = ledger.insert(whole(block), now: .zero)
        if outcome != .progress { failure = failure ?? outcome }
        return hash
    }
}
