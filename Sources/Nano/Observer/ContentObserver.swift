import Node
import Wire

/// An observer that checks signatures and work of blocks and votes. It expects well-formed messages.
struct ContentObserver: Sendable {
    /// The rules; nil to use the network that each message names.
    private let rules: Ruleset?

    init(_ rules: Ruleset?) { self.rules = rules }

    func observe(_ parsed: ParsedMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        if parsed.header.type == .publish, let message = try? Publish(copying: bytes) {
            observe(message, into: &findings)
        } else if parsed.header.type == .confirmAck, let message = try? ConfirmAck(copying: bytes) {
            observe(message, into: &findings)
        }
    }

    /// Checks the parts that need no ledger. Most legacy blocks do not name the account that signs them.
    private func observe(_ message: Publish, into findings: inout [Finding]) {
        guard let block = message.block.content, let network = rules?.network ?? .with(message.header.network),
            block.hash != network.genesis
        else { return }
        let group = Swift.type(of: block).type.label
        if let account = signer(of: message.block), !block.isSigned(by: account) {
            findings.violation(.nano59, path: group + ".signature", "does not fit the account and the block")
        }
        // The threshold of the test network was configurable.
        if network.id != .test, !network.work.admits(block) {
            findings.violation(
                .nano62, path: group + ".work", "too little for the \(network.name) network: nodes should not relay it")
        }
    }
    private func signer(of block: Block) -> Key32? {
        switch block {
        case .open(let block): block.account
        // Epoch blocks are signed with the key of the epoch.
        case .state(let block): block.isOfEpoch ? nil : block.account
        default: nil
        }
    }
    private func observe(_ message: ConfirmAck, into findings: inout [Finding]) {
        let vote = message.vote
        // The signature of a vote for a whole block covers other content.
        guard message.block == .none else { return }
        if vote.account == Key32() {
            findings.violation(.nano67, path: "account", "a vote of the zero account")
        } else if !vote.isSigned {
            findings.violation(.nano67, path: "signature", "does not fit the account, hashes and timestamp")
        }
    }
}

extension StateBlock {
    /// True if the link is the name of an epoch.
    var isOfEpoch: Bool { Self.epochs.contains(link) }
    private static let epochs = ["epoch v1 block", "epoch v2 block"].map { name in
        var link = Key32()
        for (i, byte) in name.utf8.enumerated() { link.bytes[i] = byte }
        return link
    }
}

extension BlockType {
    /// The name of the group of fields in scenarios.
    var label: String { Self.names.first { $0.number == UInt64(rawValue) }?.name ?? "block" }
}
