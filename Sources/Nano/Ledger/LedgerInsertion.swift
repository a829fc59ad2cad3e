import Node
import Wire

extension Ledger {
    /// The result for a block, as events report it.
    enum Outcome: String, Sendable {
        case progress
        case old
        case gapPrevious = "gap_previous"
        case gapSource = "gap_source"
        case fork
        case badSignature = "bad_signature"
        case insufficientWork = "insufficient_work"
        case negativeSpend = "negative_spend"
        case unreceivable
        case balanceMismatch = "balance_mismatch"
        case blockPosition = "block_position"
        case openedBurnAccount = "opened_burn_account"
    }

    /// Inserts a block if all blocks that it needs are present and its account has signed it (nano-node,
    /// `ledger_processor`).
    mutating func insert(_ block: Block, now: Instant) -> Outcome {
        guard let content = block.content else { return .blockPosition }
        if entries[content.hash] != nil { return .old }
        // Without epochs, all blocks have the same threshold.
        guard Work.value(content.work, root: content.root) >= network.work.epoch1 else { return .insufficientWork }
        switch block {
        case .state(let state): return insert(state, now)
        case .open(let open): return insert(open, now)
        case .send(let send):
            return insert(legacy: block, send.previous, now) { ledger, account, before throws(Refusal) in
                guard send.balance.amount <= before else { throw Refusal(.negativeSpend) }
                let sent = Receivable(hash: send.hash, source: account, amount: before - send.balance.amount)
                return Change(balance: send.balance.amount, destination: send.destination, sent: sent)
            }
        case .receive(let receive):
            return insert(legacy: block, receive.previous, now) { ledger, account, before throws(Refusal) in
                guard ledger.entries[receive.source] != nil else { throw Refusal(.gapSource) }
                guard let amount = ledger.receive(receive.source, by: account)?.amount else {
                    throw Refusal(.unreceivable)
                }
                return Change(balance: before + amount, source: receive.source)
            }
        case .change(let change):
            return insert(legacy: block, change.previous, now) { _, _, before throws(Refusal) in
                Change(balance: before, representative: change.representative)
            }
        case .none: return .blockPosition
        }
    }

    private struct Refusal: Error {
        var outcome: Outcome
        init(_ outcome: Outcome) { self.outcome = outcome }
    }
    /// The changes of a block to its account.
    private struct Change {
        var balance: UInt128
        var representative: Key32?
        var destination = Key32()
        var sent: Receivable?
        /// The block that sent the received amount.
        var source: Key32?
    }

    /// Inserts a legacy block after `previous`.
    private mutating func insert(
        legacy block: Block, _ previous: Key32, _ now: Instant,
        _ change: (inout Ledger, Key32, UInt128) throws(Refusal) -> Change
    ) -> Outcome {
        guard let before = entries[previous] else { return .gapPrevious }
        if before.block.type == .state { return .blockPosition }
        guard accounts[before.account]?.head == previous else { return .fork }
        guard block.content?.isSigned(by: before.account) == true else { return .badSignature }
        do throws(Refusal) {
            let made = try change(&self, before.account, before.balance)
            apply(made, block, of: before.account, previous: previous, had: before.balance, at: now)
            return .progress
        } catch {
            return error.outcome
        }
    }
    private mutating func insert(_ open: OpenBlock, _ now: Instant) -> Outcome {
        guard open.account != Key32() else { return .openedBurnAccount }
        guard entries[open.source] != nil else { return .gapSource }
        guard accounts[open.account] == nil else { return .fork }
        guard open.isSigned(by: open.account) else { return .badSignature }
        guard let amount = receive(open.source, by: open.account)?.amount else { return .unreceivable }
        let made = Change(balance: amount, representative: open.representative, source: open.source)
        apply(made, .open(open), of: open.account, previous: nil, had: 0, at: now)
        return .progress
    }
    private mutating func insert(_ state: StateBlock, _ now: Instant) -> Outcome {
        guard state.isSigned(by: state.account) else { return .badSignature }
        guard state.account != Key32() else { return .openedBurnAccount }
        let isNew = accounts[state.account] == nil
        if isNew, state.previous != Key32() { return .gapPrevious }
        if isNew, state.link == Key32() { return .gapSource }
        if !isNew {
            guard entries[state.previous]?.account == state.account else {
                return state.previous == Key32() ? .fork : .gapPrevious
            }
            guard accounts[state.account]?.head == state.previous else { return .fork }
        }
        let before = accounts[state.account]?.balance ?? 0
        let after = state.balance.amount
        var made = Change(balance: after, representative: state.representative)
        if after < before {
            made.destination = state.link
            made.sent = Receivable(hash: state.hash, source: state.account, amount: before - after)
        } else if state.link != Key32() {
            guard entries[state.link] != nil else { return .gapSource }
            guard let sent = receivable[state.account]?.first(where: { $0.hash == state.link }) else {
                return .unreceivable
            }
            guard sent.amount == after - before else { return .balanceMismatch }
            _ = receive(state.link, by: state.account)
            made.source = state.link
        } else if after != before {
            return .balanceMismatch
        }
        apply(made, .state(state), of: state.account, previous: isNew ? nil : state.previous, had: before, at: now)
        return .progress
    }
    private mutating func apply(
        _ made: Change, _ block: Block, of account: Key32, previous: Key32?, had before: UInt128, at now: Instant
    ) {
        append(block, of: account, made.balance, needs: [previous, made.source].compactMap { $0 }, now: now)
        let representative = made.representative ?? accounts[account]?.representative ?? account
        represent(account, by: representative, had: before, has: made.balance)
        if let sent = made.sent { send(sent, to: made.destination) }
    }
}
