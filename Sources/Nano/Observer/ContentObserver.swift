import Node
import Wire

/// Watches what nodes pass on: signatures and work. Malformed messages are no concern of it.
struct ContentObserver: Sendable {
    /// Nil: the network that each message names.
    private let rules: Ruleset?

    init(_ rules: Ruleset?) { self.rules = rules }

    func observe(_ parsed: ParsedMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        if parsed.header.type == .publish, let message = try? Publish(copying: bytes) {
            findings += faults(of: message)
        } else if parsed.header.type == .confirmAck, let message = try? ConfirmAck(copying: bytes) {
            findings += faults(of: message)
        }
    }

    /// What can be told without the ledger: most legacy blocks do not name the account that signs them.
    private func faults(of message: Publish) -> [Finding] {
        guard let block = message.block.content, let network = rules?.network ?? .with(message.header.network),
            block.hash != network.genesis
        else { return [] }
        let group = Swift.type(of: block).type.label
        var findings: [Finding] = []
        if let account = signer(of: message.block), !block.isSigned(by: account) {
            findings.append(
                Finding(.violation, .nano59, path: group + ".signature", "not that of the account over the block"))
        }
        // The threshold of the test network could be chosen by those who ran it.
        if network.id != .test, !network.work.admits(block) {
            findings.append(
                Finding(
                    .violation, .nano62, path: group + ".work",
                    "too little for the \(network.name) network: nobody should pass it on"))
        }
        return findings
    }
    private func signer(of block: Block) -> Key32? {
        switch block {
        case .open(let block): block.account
        // Those of epochs are signed by somebody else.
        case .state(let block): block.isOfEpoch ? nil : block.account
        default: nil
        }
    }
    private func faults(of message: ConfirmAck) -> [Finding] {
        let vote = message.vote
        // Votes for whole blocks are signed in another way.
        guard message.block == .none else { return [] }
        if vote.account == Key32() {
            return [Finding(.violation, .nano67, path: "account", "a vote of the zero account")]
        }
        if !vote.isSigned {
            return [
                Finding(.violation, .nano67, path: "signature", "not that of the account over hashes and timestamp")
            ]
        }
        return []
    }
}

extension StateBlock {
    /// Whether its link is the name of an epoch.
    var isOfEpoch: Bool { Self.epochs.contains(link) }
    private static let epochs = ["epoch v1 block", "epoch v2 block"].map { name in
        var link = Key32()
        for (i, byte) in name.utf8.enumerated() { link.bytes[i] = byte }
        return link
    }
}

extension BlockType {
    /// As scenarios name its group of fields.
    var label: String { Self.names.first { $0.number == UInt64(rawValue) }?.name ?? "block" }
}
