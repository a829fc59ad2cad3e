import Node
import Wire

// Faults in processing blocks and votes, and in serving legacy bootstrap.
extension NodeCore {
    /// Returns true if a payload was not received recently.
    mutating func isNew(_ message: RawSpan, on link: LinkID, now: Instant) -> Bool {
        // The filter ignores the header of a message: it hashes the bytes after these zeros.
        var seen = [UInt8](repeating: 0, count: Header.count)
        switch bug {
        case .noDuplicateFilter: return true
        case .duplicatesPerPeer:
            withUnsafeBytes(of: link) { seen += $0 }
            seen.append(message)
        case .duplicatesWithHeader: seen.append(message)
        case .duplicatesByBeginning: seen.append(message.extracting(Header.count..<min(message.byteCount, 40)))
        default: return duplicates.isNew(message, now: now)
        }
        return duplicates.isNew(seen.span.bytes, now: now)
    }
    /// Returns true if a block has enough work to be processed.
    func admits(_ block: any LedgerBlock) -> Bool {
        let value = Work.value(block.work, root: block.root)
        let work = rules.network.work
        let entry = work.entry(type(of: block).type)
        switch bug {
        case .halfWork: return value >= entry - (.max - entry) / 2
        case .workTooStrict: return value >= work.epoch1 + (.max - work.epoch1) / 2
        default: return work.admits(block)
        }
    }
    /// Returns true if a block is relayed although the ledger does not accept it.
    func passesOn(_ outcome: Ledger.Outcome?) -> Bool {
        switch bug {
        case .noDuplicateFilter, .duplicatesPerPeer, .duplicatesWithHeader, .duplicatesForgotten: outcome == .old
        case .halfWork: outcome == .insufficientWork
        case .floodsUnsigned: outcome == .badSignature
        case .floodsForks: outcome == .fork
        case .floodsGaps: outcome == .gapPrevious || outcome == .gapSource
        case .floodsBadBalance: outcome == .balanceMismatch || outcome == .unreceivable
        default: false
        }
    }
}

extension Misbehaviour {
    /// Changes the answer to a request of legacy bootstrap as this fault does.
    func spoil(stream: inout [UInt8], _ type: MessageType) {
        switch (self, type) {
        case (.bulkPullWithoutEnd, .bulkPull): stream = Array(stream.dropLast(1))
        case (.bulkPullOfHead, .bulkPull):
            guard let first = stream.first, first != BlockType.notABlock.rawValue else { return }
            stream = Array(stream[..<(1 + BlockType(rawValue: first).count)] + stream.suffix(1))
        case (.frontiersWithoutEnd, .frontierReq): stream = Array(stream.dropLast(64))
        case (.frontierReqBehindStart, .frontierReq): if stream.count > 64 { stream = Array(stream[64...]) }
        default: break
        }
    }
}
