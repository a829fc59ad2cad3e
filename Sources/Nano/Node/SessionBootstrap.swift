import Node
import Wire

// Legacy bootstrap: the server side up to V27, and the part that remains in V28.
extension Session {
    /// Handles a message on a connection for bootstrapping.
    mutating func serve(
        _ type: MessageType, _ bytes: RawSpan, at now: Instant, in core: NodeCore, into out: inout [Action]
    ) {
        // V28 and later ignore the request.
        guard core.rules.profile.servesLegacyBootstrap else { return }
        var answer: [UInt8] = []
        switch type {
        case .bulkPull: answer = core.bulkPull(bytes).map(core.ledger.stream) ?? []
        case .frontierReq:
            answer = (try? FrontierReq(copying: bytes)).map { core.ledger.stream($0, now: now) } ?? []
        case .bulkPullAccount: answer = (try? BulkPullAccount(copying: bytes)).map(core.ledger.stream) ?? []
        case .bulkPush: isPushed = true
        default: break
        }
        core.bug?.spoil(stream: &answer, type)
        if !answer.isEmpty { send(answer, now, &out) }
    }

    /// Takes the item at the front of the bytes after a bulk_push. Returns its length, or nil if more bytes are needed
    /// or the connection is closed.
    mutating func takePushed(
        _ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]
    ) -> Int? {
        let type = BlockType.load(bytes, 0, .big)
        guard type.isBlock || type == .notABlock else {
            close(.badContent, &out)
            return nil
        }
        let length = 1 + type.count
        guard bytes.byteCount >= length else { return nil }
        guard type.isBlock else {
            isPushed = false
            return length
        }
        guard let item = try? BulkBlock(copying: bytes.extracting(..<length)), let block = item.block.content,
            core.rules.network.work.admits(block)
        else {
            close(.badContent, &out)
            return nil
        }
        note(core.insert(item.block, now: now), &out)
        return length
    }
}
