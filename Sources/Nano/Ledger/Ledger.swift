import Node
import Wire

/// The blocks of a node: a chain for each account, and the sent amounts that are not received yet.
///
/// The ledger has no epochs. A chain may begin with legacy blocks; after its first state block there are only state
/// blocks (nano-node, secure/ledger.cpp).
struct Ledger: Sendable {
    /// The chain of an account.
    struct Account: Sendable {
        /// The hashes of its blocks in order, beginning with the opening block.
        var blocks: [Key32]
        var representative: Key32
        /// The balance in raw.
        var balance: UInt128
        /// The number of its confirmed blocks.
        var confirmed: Int
        /// The time at which its last block was received.
        var modified: Instant
        var head: Key32 { blocks.last ?? Key32() }
    }
    /// A block and its position.
    struct Entry: Sendable {
        var block: Block
        var account: Key32
        /// The index in the chain, from 0.
        var index: Int
        /// The balance of the account after the block.
        var balance: UInt128
        /// The position in the topological order: one more than the highest position of the blocks that it needs; 1 for
        /// the first block of the network.
        var topology: UInt64
    }
    /// A sent amount that waits for its receiver.
    struct Receivable: Sendable {
        /// The hash of the block that sent it.
        var hash: Key32
        var source: Key32
        var amount: UInt128
    }
    let network: NanoNetwork
    private(set) var accounts: [Key32: Account] = [:]
    private(set) var entries: [Key32: Entry] = [:]
    /// The receivable amounts by destination, in the order in which they were sent.
    private(set) var receivable: [Key32: [Receivable]] = [:]
    /// The keys of the accounts, lowest first.
    private(set) var order: [Key32] = []
    /// The weight of each representative.
    private var weights: [Key32: UInt128] = [:]

    /// Creates a ledger that holds only the first block of the network.
    init(_ network: NanoNetwork) {
        self.network = network
        accounts[network.genesisAccount] = Account(
            blocks: [], representative: network.genesisAccount, balance: 0, confirmed: 0, modified: .zero)
        order = [network.genesisAccount]
        append(.open(network.genesisBlock), of: network.genesisAccount, .max, needs: [], now: .zero)
        weights[network.genesisAccount] = .max
        confirmAll()
    }
    var blockCount: Int { entries.count }
    var confirmedCount: Int { accounts.values.reduce(0) { $0 + $1.confirmed } }
    /// Returns the weight of a representative.
    func weight(of account: Key32) -> UInt128 { weights[account] ?? 0 }
    /// Confirms all blocks.
    mutating func confirmAll() {
        for account in order {
            let count = accounts[account]?.blocks.count ?? 0
            accounts[account]?.confirmed = count
        }
    }

    /// Appends a block to the chain of an account. A new account is added.
    mutating func append(
        _ block: Block, of account: Key32, _ balance: UInt128, needs: [Key32], now: Instant
    ) {
        guard let hash = block.content?.hash else { return }
        if accounts[account] == nil {
            accounts[account] = Account(
                blocks: [], representative: Key32(), balance: 0, confirmed: 0, modified: now)
            order.insert(account, at: position(of: account))
        }
        let topology = needs.compactMap { entries[$0]?.topology }.max() ?? 0
        entries[hash] = Entry(
            block: block, account: account, index: accounts[account]?.blocks.count ?? 0, balance: balance,
            topology: topology + 1)
        accounts[account]?.blocks.append(hash)
        accounts[account]?.balance = balance
        accounts[account]?.modified = now
    }
    /// Sets the representative of an account, and updates the weights of the old and the new one.
    mutating func represent(_ account: Key32, by representative: Key32, had before: UInt128, has after: UInt128) {
        if let old = accounts[account]?.representative, let weight = weights[old] { weights[old] = weight &- before }
        weights[representative, default: 0] &+= after
        accounts[account]?.representative = representative
    }
    mutating func send(_ sent: Receivable, to destination: Key32) {
        receivable[destination, default: []].append(sent)
    }
    /// Removes and returns the amount that a block has sent to an account; nil if it is not receivable.
    mutating func receive(_ hash: Key32, by account: Key32) -> Receivable? {
        guard let i = receivable[account]?.firstIndex(where: { $0.hash == hash }) else { return nil }
        defer { if receivable[account]?.isEmpty == true { receivable[account] = nil } }
        return receivable[account]?.remove(at: i)
    }

    /// Returns the index of an account in `order`, or the index at which it would be inserted.
    func position(of account: Key32) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle].precedes(account) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Fixed {
    /// Returns true if this is the lower number, first byte highest.
    func precedes(_ other: Self) -> Bool {
        for i in 0..<Self.byteCount where bytes[i] != other.bytes[i] { return bytes[i] < other.bytes[i] }
        return false
    }
}

extension Fixed<16> {
    /// Creates the 16 bytes of an amount in raw.
    init(_ amount: UInt128) {
        self.init()
        for i in 0..<16 { bytes[15 - i] = UInt8(truncatingIfNeeded: amount >> (8 * UInt128(i))) }
    }
    /// The amount in raw.
    var amount: UInt128 {
        var out: UInt128 = 0
        for i in 0..<16 { out = out << 8 | UInt128(bytes[i]) }
        return out
    }
}
