import Node
import Wire

// Answers to legacy bootstrap: items without headers (nano-node up to V27, bootstrap/bootstrap_bulk_pull.cpp and
// bootstrap_frontier.cpp).
extension Ledger {
    /// Returns the blocks from the head, or from a given block, down to `end`, which is not included. If the request is
    /// ascending, it returns the blocks upward from the first block, or after a given block. The end mark follows.
    func stream(_ request: BulkPull) -> [UInt8] {
        let limit: Int = request.limit.map { $0.count == 0 ? .max : Int($0.count) } ?? .max
        return bulkBlocks(chain(request).prefix(limit)).flatMap { $0.encoded() } + [BlockType.notABlock.rawValue]
    }
    private func chain(_ request: BulkPull) -> [Key32] {
        let end = entries[request.end]
        let chain: [Key32]
        let owner: Key32
        if let start = entries[request.start] {
            owner = start.account
            let all = accounts[owner]?.blocks ?? []
            chain = request.ascending ? Array(all.dropFirst(start.index + 1)) : all.prefix(start.index + 1).reversed()
        } else if let account = accounts[request.start] {
            owner = request.start
            chain = request.ascending ? account.blocks : account.blocks.reversed()
        } else {
            return []
        }
        // An unknown end is ignored. If the end belongs to another account, no blocks are sent.
        guard let end else { return chain }
        return end.account == owner ? Array(chain.prefix { $0 != request.end }) : []
    }

    /// Returns the heads of accounts, beginning with `start`, that changed in the last `age` seconds. Zeros follow.
    func stream(_ request: FrontierReq, now: Instant) -> [UInt8] {
        var out: [UInt8] = []
        var left = request.count
        for account in order[position(of: request.start)...] {
            guard left > 0, let chain = accounts[account] else { break }
            if request.age != .max, now - chain.modified > .seconds(Int64(request.age)) { continue }
            guard !request.onlyConfirmed || chain.confirmed > 0 else { continue }
            let hash = request.onlyConfirmed ? chain.blocks[chain.confirmed - 1] : chain.head
            out += Frontier(account: account, hash: hash).encoded()
            if left != .max { left -= 1 }
        }
        return out + Frontier().encoded()
    }

    /// Returns head and balance of an account, followed by the amounts of at least a minimum that it has not received.
    /// Zeros follow. Returns no bytes if the flags are unknown.
    func stream(_ request: BulkPullAccount) -> [UInt8] {
        let account = accounts[request.account]
        let head = AccountFrontier(hash: account?.head ?? Key32(), balance: Fixed<16>(account?.balance ?? 0))
        let minimum = request.minimumAmount.amount
        let all = (receivable[request.account] ?? []).filter { $0.amount >= minimum }
        switch request.flags {
        case .hashAndAmount:
            return head.encoded() + all.flatMap { PendingAmount($0).encoded() } + PendingAmount().encoded()
        case .address:
            // Each address is listed once.
            var seen: Set<Key32> = []
            let sources = all.map(\.source).filter { seen.insert($0).inserted }
            return head.encoded() + sources.flatMap { PendingAddress(source: $0).encoded() }
                + PendingAddress().encoded()
        case .hashAmountAndAddress:
            return head.encoded()
                + all.flatMap { PendingBlock(pending: PendingAmount($0), source: $0.source).encoded() }
                + PendingBlock().encoded()
        default: return []
        }
    }
}

extension PendingAmount {
    init(_ sent: Ledger.Receivable) { self.init(hash: sent.hash, amount: Fixed<16>(sent.amount)) }
}
