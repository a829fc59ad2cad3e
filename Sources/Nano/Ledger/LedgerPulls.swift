import Wire

// What ascending bootstrap asks of a ledger (nano-node, bootstrap/bootstrap_server.cpp).
extension Ledger {
    /// The answer to a request; nil where nano-node gives none.
    func answer(_ request: AscPullReq.Body) -> AscPullAck.Body? {
        var answer = AscPullAck.Body()
        answer.pullType = request.pullType
        if let asked = request.blocks {
            guard (1...PullLimits.blocks).contains(Int(asked.count)) else { return nil }
            answer.blocks = .init()
            answer.blocks?.entries = blocks(from: asked, Int(asked.count))
        } else if let asked = request.accountInfo {
            guard asked.target != Key32(), asked.targetType == .account || asked.targetType == .block else {
                return nil
            }
            answer.accountInfo = info(asked)
        } else if let asked = request.frontiers {
            guard (1...PullLimits.frontiers).contains(Int(asked.count)) else { return nil }
            answer.frontiers = .init()
            answer.frontiers?.entries = frontiers(from: asked.start, Int(asked.count))
        } else if let asked = request.blocksRandom {
            answer.blocksRandom = .init()
            answer.blocksRandom?.entries = asked.hashes.compactMap { entries[$0].map(BulkBlock.init) }
        } else if let asked = request.topoIndex {
            guard (1...PullLimits.frontiers).contains(Int(asked.count)) else { return nil }
            answer.topoIndex = .init()
            answer.topoIndex?.entries = topology(from: asked.height, asked.hash, Int(asked.count))
        } else {
            return nil
        }
        return answer
    }

    /// From the first block of an account, or from a block, on; none when the start is unknown.
    private func blocks(from asked: AscPullReq.Blocks, _ count: Int) -> [BulkBlock] {
        switch asked.startType {
        case .account: blocks(of: asked.start, from: 0, count)
        case .block: entries[asked.start].map { blocks(of: $0.account, from: $0.index, count) } ?? []
        default: []
        }
    }
    private func blocks(of account: Key32, from index: Int, _ count: Int) -> [BulkBlock] {
        (accounts[account]?.blocks.dropFirst(index).prefix(count) ?? []).compactMap { entries[$0].map(BulkBlock.init) }
    }
    private func info(_ asked: AscPullReq.AccountInfo) -> AscPullAck.AccountInfo {
        var out = AscPullAck.AccountInfo()
        // An unknown account comes back as it was asked for, an unknown block belongs to none.
        let account = asked.targetType == .block ? entries[asked.target]?.account ?? Key32() : asked.target
        out.account = account
        guard let chain = accounts[account] else { return out }
        out.open = chain.blocks.first ?? Key32()
        out.head = chain.head
        out.blockCount = UInt64(chain.blocks.count)
        out.confHeight = UInt64(chain.confirmed)
        out.confFrontier = chain.confirmed > 0 ? chain.blocks[chain.confirmed - 1] : Key32()
        return out
    }
    /// Heads of the accounts from this one on.
    func frontiers(from start: Key32, _ count: Int) -> [Frontier] {
        order[position(of: start)...].prefix(count).map { account in
            var frontier = Frontier()
            frontier.account = account
            frontier.hash = accounts[account]?.head ?? Key32()
            return frontier
        }
    }
    /// By topology, and by hash where that is the same, from this place on.
    private func topology(from height: UInt64, _ hash: Key32, _ count: Int) -> [AscPullAck.TopoEntry] {
        func comesBefore(_ a: AscPullAck.TopoEntry, _ b: AscPullAck.TopoEntry) -> Bool {
            a.height != b.height ? a.height < b.height : a.hash.precedes(b.hash)
        }
        var start = AscPullAck.TopoEntry()
        start.height = height
        start.hash = hash
        let all = entries.map { hash, entry in
            var out = AscPullAck.TopoEntry()
            out.height = entry.topology
            out.hash = hash
            return out
        }
        return Array(all.filter { !comesBefore($0, start) }.sorted(by: comesBefore).prefix(count))
    }
}

extension BulkBlock {
    /// A block of a ledger.
    init(_ entry: Ledger.Entry) {
        self.init()
        block = entry.block
    }
}
