import Wire

/// What sets one Nano network apart from another (nano-node, secure/common.cpp and lib/config.cpp).
struct NanoNetwork: Hashable, Sendable {
    /// As settings name it.
    var name: String
    var id: NetworkID
    /// The port that its nodes listen on unless told otherwise.
    var port: UInt16
    /// Hash of its first block.
    var genesis: Key32
    /// The account that owned everything: public key, and source of the first block.
    var genesisAccount: Key32
    /// What the work of a block must reach.
    var work: WorkThresholds

    /// Whether nodes of private addresses are peers (`allow_local_peers`).
    var allowsLocalPeers: Bool { id == .dev || id == .beta }

    static let all = [live, beta, dev, test]
    static let live = Self(
        "live", .live, .live, 7075, "991cf190094c00f0b68e2e5f75f6bee95a2e0bd93ceaa4a6734db9f19b728948",
        account: "e89208dd038fbb269987689621d52292ae9c35941a7484756ecced92a65093ba")
    static let beta = Self(
        "beta", .beta, .beta, 54000, "e1227cf974c1455a8b630433d94f3ddbf495eeac9add2481a4a1d90a0d00f488",
        account: "259a438a8f9f9226130c84d902c237af3e57c0981c7d709c288046b110d8c8ac")
    static let dev = Self(
        "dev", .dev, .dev, 44000, "04270d7f11c4b2b472f2854c5a59f2a7e84226ce9ed799de75744bd7d85fc9d9",
        account: "b0311ea55708d6a53c75cdbf88300259c6d018522fe3d4d0a242e431f9e8b6d0")
    /// Public test network, switched off since; seen in captures of 2021.
    static let test = Self(
        "test", .test, .live, 17075, "b1d60c0b886b57401ef5a1daa04340e53726aa6f4d706c085706f31bbd100cee",
        account: "45c6ff9d1706d61f0821327752671bda9f9ed2da40326b01935ab566fb9e08ed")

    private init(
        _ name: String, _ id: NetworkID, _ work: WorkThresholds, _ port: UInt16, _ genesis: String, account: String
    ) {
        self.name = name
        self.id = id
        self.port = port
        self.work = work
        self.genesis = Key32(.text("0x" + genesis)) ?? Key32()
        genesisAccount = Key32(.text("0x" + account)) ?? Key32()
    }

    /// The network with this id, if it is one of the four.
    static func with(_ id: NetworkID) -> Self? { all.first { $0.id == id } }
}
