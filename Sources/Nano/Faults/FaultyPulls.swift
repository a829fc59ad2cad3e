import Node
import Wire

// Faults in answers to requests of ascending bootstrap.
extension NodeCore {
    /// Returns the answer to a request, right or with the fault of the node; nil for no answer.
    func answer(_ request: AscPullReq.Body) -> AscPullAck.Body? {
        guard let bug else { return ledger.answer(request) }
        var request = request
        guard !bug.keepsSilent(request, ledger) else { return nil }
        bug.misread(&request, ledger)
        var answer = ledger.answer(request)
        bug.spoil(&answer, request, ledger)
        return answer
    }
    /// Returns true if a node with a fault ends the connection because of a request.
    func closes(on request: AscPullReq.Body) -> Bool {
        switch bug {
        case .closesOnTrailing: request.unknown.own?.isEmpty == false
        case .closesOnBadBlockCount: request.blocks.map { !(1...128).contains(Int($0.count)) } ?? false
        case .closesOnBadFrontierCount: request.frontiers.map { !(1...1000).contains(Int($0.count)) } ?? false
        default: false
        }
    }
}

extension Misbehaviour {
    fileprivate func keepsSilent(_ request: AscPullReq.Body, _ ledger: Ledger) -> Bool {
        switch self {
        case .refusesTrailing: request.unknown.own?.isEmpty == false
        case .silentOnUnknownAccount:
            request.accountInfo.map { $0.targetType == .account && ledger.accounts[$0.target] == nil } ?? false
        case .silentOnUnknownStart:
            request.blocks.map { ledger.accounts[$0.start] == nil && ledger.entries[$0.start] == nil } ?? false
        case .refusesMostBlocks: request.blocks?.count == 128
        case .refusesMostFrontiers: request.frontiers?.count == 1000
        case .frontiersExactStart: request.frontiers.map { ledger.accounts[$0.start] == nil } ?? false
        default: false
        }
    }
    fileprivate func misread(_ request: inout AscPullReq.Body, _ ledger: Ledger) {
        func account(_ key: Key32, by range: Range<Int>) -> Key32 {
            ledger.order.first { known in range.allSatisfy { known.bytes[$0] == key.bytes[$0] } } ?? key
        }
        let count = request.blocks?.count ?? 0
        let heads = request.frontiers?.count ?? 1
        switch self {
        case .hashIsNoTarget:
            if request.accountInfo?.targetType == .block { request.accountInfo?.targetType = .account }
        case .ignoresBlockCount: if (1...128).contains(count) { request.blocks?.count = 128 }
        case .countOneMore: if (1...127).contains(count) { request.blocks?.count = count + 1 }
        case .answersBadBlockCount: request.blocks?.count = min(max(count, 1), 128)
        case .answersManyBlocks: request.blocks?.count = min(count, 128)
        case .answersBadFrontierCount: request.frontiers?.count = min(max(heads, 1), 1000)
        case .answersManyFrontiers: request.frontiers?.count = min(heads, 1000)
        case .frontierCountLittle: request.frontiers?.count = min(heads.byteSwapped, 1000)
        case .frontiersOneMore:
            if (1...999).contains(heads) { request.frontiers?.count = heads + 1 }
        case .frontiersFromFirst: request.frontiers?.start = Key32()
        case .accountByBeginning, .accountByEnd:
            let range = self == .accountByEnd ? 16..<32 : 0..<16
            if let target = request.accountInfo, target.targetType == .account {
                request.accountInfo?.target = account(target.target, by: range)
            }
            if let start = request.blocks, start.startType == .account {
                request.blocks?.start = account(start.start, by: range)
            }
        case .blockByBeginning:
            func block(_ key: Key32) -> Key32 {
                ledger.entries.keys.filter { k in (0..<16).allSatisfy { k.bytes[$0] == key.bytes[$0] } }.first ?? key
            }
            if let target = request.accountInfo, target.targetType == .block {
                request.accountInfo?.target = block(target.target)
            }
            if let start = request.blocks, start.startType == .block { request.blocks?.start = block(start.start) }
        case .hashFromOpen:
            if let start = request.blocks, start.startType == .block, let entry = ledger.entries[start.start] {
                request.blocks?.start = entry.account
                request.blocks?.startType = .account
            }
        case .hashOneOnly: if request.blocks?.startType == .block, count > 0 { request.blocks?.count = 1 }
        case .startTypeIgnored:
            if let start = request.blocks?.start {
                request.blocks?.startType = ledger.entries[start] == nil ? .account : .block
            }
        case .unknownStartFirst:
            if let start = request.blocks?.start, ledger.entries[start] == nil, ledger.accounts[start] == nil {
                request.blocks?.start = ledger.network.genesisAccount
                request.blocks?.startType = .account
            }
        case .unknownBlockFirst:
            if let asked = request.accountInfo, asked.targetType == .block, ledger.entries[asked.target] == nil {
                request.accountInfo?.target = ledger.network.genesis
            }
        default: break
        }
    }
    fileprivate func spoil(_ answer: inout AscPullAck.Body?, _ request: AscPullReq.Body, _ ledger: Ledger) {
        let info = answer?.accountInfo
        switch self {
        case .accountInfoWithoutHead: answer?.accountInfo?.head = Key32()
        case .headIsOpen: answer?.accountInfo?.head = info?.open ?? Key32()
        case .openIsHead: answer?.accountInfo?.open = info?.head ?? Key32()
        case .confirmedIsOpen: answer?.accountInfo?.confFrontier = info?.open ?? Key32()
        case .countShort: if let n = answer?.accountInfo?.blockCount, n > 0 { answer?.accountInfo?.blockCount = n - 1 }
        case .unknownAccountZero: if answer?.accountInfo?.blockCount == 0 { answer?.accountInfo?.account = Key32() }
        case .startsBehindHash: if request.blocks?.startType == .block { answer?.blocks?.entries.removeFirstIfAny() }
        case .blocksFromHead:
            guard let asked = request.blocks, asked.startType == .account, let chain = ledger.accounts[asked.start]
            else { return }
            answer?.blocks?.entries = ledger.bulkBlocks(chain.blocks.reversed().prefix(Int(asked.count)))
        case .frontiersBehindStart: answer?.frontiers?.entries.removeFirstIfAny()
        case .frontiersDescending: answer?.frontiers?.entries.reverse()
        case .frontierIsOpen:
            for i in answer?.frontiers?.entries.indices ?? 0..<0 {
                guard let account = answer?.frontiers?.entries[i].account else { return }
                answer?.frontiers?.entries[i].hash = ledger.accounts[account]?.blocks.first ?? Key32()
            }
        default: break
        }
    }
}

// Faults in reading requests of legacy bootstrap.
extension NodeCore {
    /// Returns a bulk_pull, if its content is valid or the node overlooks the error.
    func bulkPull(_ bytes: RawSpan) -> BulkPull? {
        guard bug == .pullReservedIgnored else { return try? BulkPull(copying: bytes) }
        var out = [UInt8](bytes)
        for i in BulkPull.dissect(bytes).node("limit.reserved")?.range ?? 0..<0 { out[i] = 0 }
        return try? BulkPull(copying: out.span.bytes)
    }
}

extension Array {
    fileprivate mutating func removeFirstIfAny() { if !isEmpty { removeFirst() } }
}
