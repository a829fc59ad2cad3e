import Wire

/// What a node that has nothing but the first block of its network knows of accounts.
struct GenesisLedger: Sendable {
    var network: NanoNetwork

    /// The answer to a request; nil where nano-node gives none.
    func answer(_ request: AscPullReq.AccountInfo) -> AscPullAck.AccountInfo? {
        guard request.target != Key32() else { return nil }
        var answer = AscPullAck.AccountInfo()
        switch request.targetType {
        case .account where request.target == network.genesisAccount, .block where request.target == network.genesis:
            answer.account = network.genesisAccount
            answer.open = network.genesis
            answer.head = network.genesis
            answer.blockCount = 1
            answer.confFrontier = network.genesis
            answer.confHeight = 1
        // An unknown account comes back as it was asked for, an unknown block belongs to none.
        case .account: answer.account = request.target
        case .block: break
        default: return nil
        }
        return answer
    }
}
