import Node

/// The options of a node's connections, from its parameters.
struct EndpointOptions: Sendable {
    private var deflate: DeflateNegotiation?
    private var subprotocols: [String] = []

    private let bug: Misbehaviour?

    init(_ settings: Settings, bug: Misbehaviour? = nil) {
        self.bug = bug
        if settings[Name.subprotocol] != Self.none, !settings[Name.subprotocol].isEmpty {
            subprotocols = [settings[Name.subprotocol]]
        }
        guard settings[Name.deflate] != "off" else { return }
        var wanted = DeflateNegotiation()
        wanted.serverNoContextTakeover = settings[Name.deflate] == "no_context_takeover"
        wanted.clientNoContextTakeover = wanted.serverNoContextTakeover
        let bits = Int(settings[Name.windowBits]) ?? 15
        (wanted.serverMaxWindowBits, wanted.clientMaxWindowBits) = (bits, bits)
        deflate = wanted
    }
    private enum Name {
        static let deflate = "deflate"
        static let windowBits = "window_bits"
        static let subprotocol = "subprotocol"
    }
    private static let none = "none"
    static let parameters = [
        Parameter(
            Name.deflate, "compression: `on` keeps what was compressed before, `no_context_takeover` does not",
            choices: ["on", "no_context_takeover", "off"], preset: "on"),
        Parameter(
            Name.windowBits, "the largest window of compression, as the logarithm to base 2",
            choices: (8...15).reversed().map { String($0) }, preset: "15"),
        Parameter(
            Name.subprotocol, "the subprotocol that is spoken", choices: [none, "echo"],
            preset: none),
    ]
    /// Returns one end of a connection, which `opener` has opened.
    func session(
        _ opener: Opener, to peer: Endpoint, target: String, _ limits: Limits = Limits(),
        _ adjust: (inout ServerHandshake) -> Void = { _ in }, random: Random
    ) -> Session {
        var random = random
        switch opener {
        case .us:
            var client = ClientHandshake(&random)
            client.host = peer.port == 80 ? String(peer.description.dropLast(3)) : peer.description
            (client.target, client.subprotocols, client.deflate) = (target, subprotocols, deflate)
            client.bug = bug
            return Session(.client(client), limits, random: random, bug: bug)
        case .them:
            var server = ServerHandshake()
            (server.subprotocols, server.deflate, server.bug) = (subprotocols, deflate, bug)
            adjust(&server)
            return Session(.server(server), limits, random: random, bug: bug)
        }
    }
}
