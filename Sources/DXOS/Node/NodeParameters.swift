import Node

/// The parsed parameters of a node.
struct NodeParameters: Sendable {
    let build: Build
    let writesDefaults: Bool
    let handshake: Bool
    /// The time from the loss of a connection until its peers leave their swarms.
    let grace: Duration
    /// True if the parameter gives the grace period; false if it is `unknown`.
    let isGraceGiven: Bool
    let bus: Bus
    /// The validity that clients are given for a peer; nil: they are given no time.
    let ttl: Duration?
    /// The validity of an announcement to other hosts; nil: it does not end.
    let announcementTTL: Duration?
    /// The maximum number of bytes of an encoded message to a peer, or of another argument of a call.
    let limit: Int
    /// True if metadata is passed on.
    let isV3: Bool

    init(_ settings: Settings) {
        build = Build(rawValue: settings[Name.build]) ?? .js2022
        switch settings[Name.encoding] {
        case Self.canonical: writesDefaults = false
        case Self.explicitDefault: writesDefaults = true
        default: writesDefaults = build.writesDefaults
        }
        handshake = settings[Name.handshake] == Self.on
        let graceGiven = Self.duration(settings[Name.grace])
        (grace, isGraceGiven) = (graceGiven ?? .seconds(5), graceGiven != nil)
        bus = Bus(rawValue: settings[Name.bus]) ?? .on
        ttl = Self.duration(settings[Name.ttl])
        announcementTTL = settings[Name.ttl] == Self.none ? nil : ttl ?? .seconds(600)
        limit = Self.bytes(settings[Name.limit]) ?? 1 << 20
        isV3 = settings.profile == "v3"
    }
    /// The bus between hosts.
    enum Bus: String, CaseIterable {
        /// The bus of meshspec: calls of dxRPC between the hosts.
        case on
        case off
        /// Topics of gossipsub.
        case gossipsub
        /// Topics of gossipsub, between hosts that find each other in a DHT.
        case dht
        /// True if another protocol carries it.
        var isCarried: Bool { self == .gossipsub || self == .dht }
    }
    enum Name {
        static let build = "build"
        static let encoding = "encoding"
        static let handshake = "handshake"
        static let grace = "grace"
        static let ttl = "ttl"
        static let bus = "bus"
        static let limit = "limit"
    }
    /// The parameters that only servers use.
    static let ofServers = [Name.grace, Name.ttl, Name.bus]
    static let on = "on"
    static let off = "off"
    private static let none = "none"
    private static let unknown = "unknown"
    private static let amongHosts = "600s-hosts"
    private static let ofBuild = "build"
    private static let canonical = "canonical"
    private static let explicitDefault = "explicit-default"
    private static func duration(_ text: String) -> Duration? {
        text.hasSuffix("s") ? Int64(text.dropLast()).map { .seconds($0) } : nil
    }
    /// Returns the number of bytes of a size such as `64KiB`.
    private static func bytes(_ text: String) -> Int? {
        for (unit, size) in [("KiB", 1 << 10), ("MiB", 1 << 20)] where text.hasSuffix(unit) {
            return Int(text.dropLast(unit.count)).map { $0 * size }
        }
        return nil
    }
    static let parameters = [
        Parameter(
            Name.build, "the dxRPC library that a node behaves as",
            choices: Build.allCases.map(\.rawValue), preset: Build.js2022.rawValue),
        Parameter(
            Name.encoding,
            "how messages are written: as the build does, without defaults, or with defaults written out",
            choices: [ofBuild, canonical, explicitDefault], preset: ofBuild),
        Parameter(
            Name.handshake, "whether both sides say open first; signaling does not", choices: [off, on],
            preset: off),
        Parameter(
            Name.grace,
            "from the loss of a connection until a server reports that its peers left; unknown: 5 s, and a server that waits another time cannot be judged",
            choices: [unknown, "1s", "2s", "5s", "10s", "30s", "60s"], preset: unknown),
        Parameter(
            Name.ttl,
            "for how long an announcement says that a peer is there; 600s-hosts: other hosts are told so, clients nothing",
            choices: [amongHosts, none, "2s", "60s", "600s"], preset: amongHosts),
        Parameter(
            Name.bus,
            "the bus on which it forms one mesh with other hosts: that of meshspec, gossipsub, or gossipsub between hosts that find each other in a DHT",
            choices: Bus.allCases.map(\.rawValue), preset: Bus.on.rawValue),
        Parameter(
            Name.limit,
            "the largest message to a peer; a server answers a larger one with an error, and a client does not send it",
            choices: ["256KiB", "1MiB", "4MiB"], preset: "1MiB"),
    ]
}
