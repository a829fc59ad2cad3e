public import Node

// How the parameters of a protocol on libp2p, and the target of a connection, set up an end.
extension Libp2pOptions {
    /// What can be set of the layers.
    public static let parameters = [
        Parameter(
            Name.security, "how connections are protected: all that there is, or one way only",
            choices: [any, "noise", "plaintext"], preset: any),
        Parameter(
            Name.muxer, "how connections carry streams: all that there is, or one way only",
            choices: [any, "yamux", "mplex"], preset: any),
        Parameter(
            Name.early, "whether muxers are offered in the handshake of Noise", choices: ["on", "off"], preset: "on"),
    ]
    private static let any = "any"
    private enum Name {
        static let security = "security"
        static let muxer = "muxer"
        static let early = "early_muxer"
    }
    /// Whether nodes with these settings offer a way to protect connections or to carry streams, by its short name.
    public static func has(_ name: String, _ settings: Settings) -> Bool {
        let id = EndTarget.id(name)
        let options = Libp2pOptions(settings)
        return options.security.contains(id) || options.muxers.contains(id)
    }
    /// An end as these settings have it.
    public init(_ settings: Settings) {
        self.init()
        if let one = Self.chosen(settings[Name.security]) { security = [one] }
        if let one = Self.chosen(settings[Name.muxer]) { muxers = [one] }
        offersMuxersEarly = settings[Name.early] != "off"
    }
    private static func chosen(_ value: String) -> String? { value.isEmpty || value == any ? nil : EndTarget.id(value) }
    /// The same with what the target of a connection says of this end.
    public func adjusted(by target: EndTarget) -> Self {
        guard !target.words.isEmpty else { return self }
        var own = self
        own.security = target.ids(Name.security) ?? security
        own.muxers = target.ids(Name.muxer) ?? muxers
        own.protocols = target.ids("protocols") ?? protocols
        own.earlyMuxers = target.ids("early")
        own.fault = target.words["fault"].flatMap { Libp2pFault.named[$0] } ?? fault
        return own
    }
}
