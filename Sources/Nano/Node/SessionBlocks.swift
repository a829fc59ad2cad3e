import Node
import Wire

// Blocks and votes that other nodes relay.
extension Session {
    /// Handles a block. It is processed if it is no duplicate and has enough work, and relayed if the ledger accepts
    /// it.
    mutating func publish(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]) {
        guard let message = try? Publish(copying: bytes), let block = message.block.content else { return }
        guard core.isNew(bytes, on: link, now: now) else { return }
        guard core.admits(block) else {
            drop(Publish.self, because: "insufficient work", &out)
            if core.rules.profile.closesOnTooLittleWork { close(.badContent, &out) }
            return
        }
        let outcome = core.insert(message.block, now: now)
        note(outcome, &out)
        guard outcome == .progress || core.passesOn(outcome) else { return }
        pass(on: message, &core)
    }
    /// Relays a block without the originator flag.
    private func pass(on message: Publish, _ core: inout NodeCore) {
        var copy = Publish()
        copy.header = core.rules.header(.publish)
        copy.block = message.block
        core.flood(copy.encoded(), except: link)
    }
    /// Reports the outcome of a block.
    func note(_ outcome: Ledger.Outcome?, _ out: inout [Action]) {
        out.report("block", link, [.init("outcome", .text(outcome?.rawValue ?? "ledger full"))])
    }

    /// Handles a vote. It is relayed if it is valid, no duplicate, and from an account with weight.
    mutating func vote(_ bytes: RawSpan, at now: Instant, in core: inout NodeCore, into out: inout [Action]) {
        guard let message = try? ConfirmAck(copying: bytes) else { return }
        guard core.isNew(bytes, on: link, now: now) else { return }
        let vote = message.vote
        // Nodes before V22 sent votes with a block in place of hashes.
        guard vote.account != Key32(), message.block == .none, core.takes(vote) else {
            let outcome = vote.account == Key32() ? "zero account" : "bad signature"
            out.report("vote", link, [.init("outcome", .text(outcome))])
            return
        }
        if core.has(.weighsAnyVoter) {
            core.representatives.note(core.rules.network.genesisAccount, on: link, core.ledger, now)
        }
        // Rebroadcast votes are not relayed again, and answer no request.
        guard !message.rebroadcasted, core.ledger.weight(of: vote.account) > 0 else { return }
        if isRealtime, vote.hashes.contains(core.rules.network.genesis) {
            core.representatives.note(vote.account, on: link, core.ledger, now)
        }
        pass(on: message, &core)
    }
    private func pass(on message: ConfirmAck, _ core: inout NodeCore) {
        var copy = ConfirmAck()
        copy.header = core.rules.header(.confirmAck)
        copy.rebroadcasted = core.rules.profile.marksRebroadcast
        copy.vote = message.vote
        core.flood(copy.encoded(), except: link)
    }
}
