import Wire

// Answers to ascending bootstrap (nano-node, bootstrap/bootstrap_server.cpp).
extension Ledger {
    /// Returns the answer to a request; nil if nano-node does not answer it.
    func answer(_ request: AscPullReq.Body) -> AscPullAck.Body? {
        var answer = AscPullAck.Body()
        answer.pullType = request.pullType
        if let asked = request.blocks {
            guard (1...PullLimits.blocks).contains(Int(asked.count)) else { return nil }
            answer.blocks = .init(entries: blocks(from: asked, Int(asked.count)))
        } else if let asked = request.accountInfo {
            guard asked.target != Key32(), asked.targetType == .account || asked.targetType == .block else {
                return nil
            }
            answer.accountInfo = info(asked)
        } else if let asked = request.frontiers {
            guard (1...PullLimits.frontiers).contains(Int(asked.count)) else { return nil }
            answer.frontiers = .init(entries: frontiers(from: asked.start, Int(asked.count)))
        } else if let asked = request.blocksRandom {
            answer.blocksRandom = .init(entries: bulkBlocks(asked.hashes))
        } else if let asked = request.topoIndex {
            guard (1...PullLimits.frontiers).contains(Int(asked.count)) else { return nil }
            answer.topoIndex = .init(entries: topology(from: asked.height, asked.hash, Int(asked.count)))
        } else {
            return nil
        }
        return answer
    }

    /// Returns blocks beginning with the first block of an account, or with a given block; none if the start is
    /// unknown.
    private func blocks(from asked: AscPullReq.Blocks, _ count: Int) -> [BulkBlock] {
        switch asked.startType {
        case .account: blocks(of: asked.start, from: 0, count)
        case .block: entries[asked.start].map { blocks(of: $0.account, from: $0.index, count) } ?? []
        default: []
        }
    }
    private func blocks(of account: Key32, from index: Int, _ count: Int) -> [BulkBlock] {
        bulkBlocks(accounts[account]?.blocks.dropFirst(index).prefix(count) ?? [])
    }
    /// Returns the blocks with these hashes. Unknown hashes are left out.
    func bulkBlocks(_ hashes: some Sequence<Key32>) -> [BulkBlock] {
        hashes.compactMap { entries[$0]?.block }.map { BulkBlock(block: $0) }
    }
    private func info(_ asked: AscPullReq.AccountInfo) -> AscPullAck.AccountInfo {
        // The answer repeats an unknown account. An unknown block has the zero account.
        let account = asked.targetType == .block ? entries[asked.target]?.account ?? Key32() : asked.target
        var info = AscPullAck.AccountInfo()
        info.account = account
        guard let chain = accounts[account] else { return info }
        info.open = chain.blocks.first ?? Key32()
        info.head = chain.head
        info.blockCount = UInt64(chain.blocks.count)
        info.confFrontier = chain.confirmed > 0 ? chain.blocks[chain.confirmed - 1] : Key32()
        info.confHeight = UInt64(chain.confirmed)
        return info
    }
    /// Returns the heads of accounts, beginning with this one.
    func frontiers(from start: Key32, _ count: Int) -> [Frontier] {
        order[position(of: start)...].prefix(count).map { Frontier(account: $0, hash: accounts[$0]?.head ?? Key32()) }
    }
    /// Returns blocks by topology, and by hash within the same topology, beginning with this position.
    private func topology(from height: UInt64, _ hash: Key32, _ count: Int) -> [AscPullAck.TopoEntry] {
        func comesBefore(_ a: AscPullAck.TopoEntry, _ b: AscPullAck.TopoEntry) -> Bool {
            a.height != b.height ? a.height < b.height : a.hash.precedes(b.hash)
        }
        let start = AscPullAck.TopoEntry(height: height, hash: hash)
        let all = entries.map { AscPullAck.TopoEntry(height: $0.value.topology, hash: $0.key) }
        return Array(all.filter { !comesBefore($0, start) }.sorted(by: comesBefore).prefix(count))
    }
}
