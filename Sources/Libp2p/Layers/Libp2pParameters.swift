public import Node

// The options of an end according to the parameters of a protocol on libp2p, and to the target of a connection.
extension Libp2pOptions {
    /// The parameters of the layers.
    public static let parameters = [
        Parameter(
            Name.security, "the security protocols of connections: any, or only one",
            choices: [any, "noise", "plaintext"], preset: any),
        Parameter(
            Name.muxer, "the muxers of connections: any, or only one",
            choices: [any, "yamux", "mplex"], preset: any),
        Parameter(
            Name.early, "whether the Noise handshake offers muxers", choices: ["on", "off"], preset: "on"),
    ]
    private static let any = "any"
    private enum Name {
        static let security = "security"
        static let muxer = "muxer"
        static let early = "early_muxer"
    }
    /// Returns whether nodes with these settings offer a security protocol or a muxer, given by its short name.
    public static func has(_ name: String, _ settings: Settings) -> Bool {
        let id = EndTarget.id(name)
        let options = Libp2pOptions(settings)
        return options.security.contains(id) || options.muxers.contains(id)
    }
    /// Creates the options for these settings.
    public init(_ settings: Settings) {
        self.init()
        if let one = Self.chosen(settings[Name.security]) { security = [one] }
        if let one = Self.chosen(settings[Name.muxer]) { muxers = [one] }
        offersMuxersEarly = settings[Name.early] != "off"
    }
    private static func chosen(_ value: String) -> String? { value.isEmpty || value == any ? nil : EndTarget.id(value) }
    /// Returns a copy with the settings in the target of a connection.
    public func adjusted(by target: EndTarget) -> Self {
        guard !target.words.isEmpty else { return self }
        var own = self
        own.security = target.ids(Name.security) ?? security
        own.muxers = target.ids(Name.muxer) ?? muxers
        own.protocols = target.ids("protocols") ?? protocols
        own.earlyMuxers = target.ids("early")
        own.addresses = target.ids("addresses")?.compactMap { Multiaddr($0) } ?? addresses
        own.fault = target.words["fault"].flatMap { Libp2pFault.named[$0] } ?? fault
        return own
    }
}
