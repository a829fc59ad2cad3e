import Wire

/// The constants of a Nano network (nano-node, secure/common.cpp and lib/config.cpp).
struct NanoNetwork: Hashable, Sendable {
    /// The name in settings.
    var name: String
    var id: NetworkID
    /// The default listening port of its nodes.
    var port: UInt16
    /// The hash of its first block.
    var genesis: Key32
    /// The public key of the account that owned the whole supply. It is also the source of the first block.
    var genesisAccount: Key32
    /// The signature and work of the first block, which nodes do not check.
    private var genesisSignature: Signature64
    private var genesisWork: UInt64
    /// The thresholds for the work of a block.
    var work: WorkThresholds

    /// The first block: an account that opens itself with itself as representative.
    var genesisBlock: OpenBlock {
        var block = OpenBlock()
        block.source = genesisAccount
        block.representative = genesisAccount
        block.account = genesisAccount
        block.signature = genesisSignature
        block.work = genesisWork
        return block
    }
    /// The private key of the first account of the dev network. It is public, unlike the keys of the other networks.
    static let devGenesisSeed =
        Key32(.text("0x34f0a37aad20f4a260f0a5b3cb3d7fb50673212263e58a380bc10474bb039ce4")) ?? Key32()

    /// True if nodes with private addresses are peers (`allow_local_peers`).
    var allowsLocalPeers: Bool { id == .dev || id == .beta }

    /// The peers that nano-node contacts unless its configuration has others (nodeconfig.cpp); dev has none.
    var preconfigured: [String] {
        switch id {
        case .live: ["peering.nano.org:\(port)"]
        case .beta: ["peering-beta.nano.org:\(port)"]
        case .test: ["peering-test.nano.org:\(port)"]
        default: []
        }
    }

    static let all = [live, beta, dev, test]
    static let live = Self(
        "live", id: .live, thresholds: .live, port: 7075,
        genesis: "991cf190094c00f0b68e2e5f75f6bee95a2e0bd93ceaa4a6734db9f19b728948",
        account: "e89208dd038fbb269987689621d52292ae9c35941a7484756ecced92a65093ba",
        signature: "9f0c933c8ade004d808ea1985fa746a7e95ba2a38f867640f53ec8f180bdfe9e"
            + "2c1268dead7c2664f356e37aba362bc58e46dba03e523a7b5a19e4b6eb12bb02",
        work: 0x62f0_5417_dd3f_b691)
    static let beta = Self(
        "beta", id: .beta, thresholds: .beta, port: 54000,
        genesis: "e1227cf974c1455a8b630433d94f3ddbf495eeac9add2481a4a1d90a0d00f488",
        account: "259a438a8f9f9226130c84d902c237af3e57c0981c7d709c288046b110d8c8ac",
        signature: "bc588273ac689726d129d3137653fb319b6ee6db178f97421d11d075b46fd52b"
            + "6748223c8ff4179399d35cb1a8df36f759325bd2d3d4504904321fafb71d7602",
        work: 0xe87a_3ce3_9b43_b84c)
    static let dev = Self(
        "dev", id: .dev, thresholds: .dev, port: 44000,
        genesis: "04270d7f11c4b2b472f2854c5a59f2a7e84226ce9ed799de75744bd7d85fc9d9",
        account: "b0311ea55708d6a53c75cdbf88300259c6d018522fe3d4d0a242e431f9e8b6d0",
        signature: "ecda914373a2f0ca1296475baee40500a7f0a7ad72a5a80c81d7fab7f6c802b2"
            + "cc7db50f5dd0fb25b2ef11761fa7344a158dd5a700b21bd47de5bd0f63153a02",
        work: 0x7b42_a00e_e91d_5810)
    /// The public test network. It has been switched off since, but appears in captures of 2021.
    static let test = Self(
        "test", id: .test, thresholds: .live, port: 17075,
        genesis: "b1d60c0b886b57401ef5a1daa04340e53726aa6f4d706c085706f31bbd100cee",
        account: "45c6ff9d1706d61f0821327752671bda9f9ed2da40326b01935ab566fb9e08ed",
        signature: "15049467caee3ec768639e8e35792399b6078da763da4eba8ecad33b0edc4af2"
            + "e7403893a5a602eb89b978dabef1d6606bb00f3c0ee11449232b143b6e07170e",
        work: 0xbc1e_f279_c1a3_4eb1)

    private init(
        _ name: String, id: NetworkID, thresholds work: WorkThresholds, port: UInt16, genesis: String, account: String,
        signature: String, work genesisWork: UInt64
    ) {
        self.name = name
        self.id = id
        self.port = port
        self.work = work
        self.genesis = Key32(.text("0x" + genesis)) ?? Key32()
        genesisAccount = Key32(.text("0x" + account)) ?? Key32()
        genesisSignature = Signature64(.text("0x" + signature)) ?? Signature64()
        self.genesisWork = genesisWork
    }

    /// Returns the network with this id, if it is known.
    static func with(_ id: NetworkID) -> Self? { all.first { $0.id == id } }
}
