import Kademlia
import Libp2p
import Node

/// The parameters of a node that belong neither to its layers nor to its router.
struct NodeParameters: Sendable {
    /// The ids of the pubsub protocols that it supports, the newest first.
    let versions: [String]
    let profile: String
    /// True if it has order books.
    let hasBook: Bool
    /// The limits of its rendezvous point; nil if it is not a rendezvous point.
    let rendezvous: RendezvousLimits?
    /// The DHT that it is a server of; nil if it uses none.
    let dht: DHTOptions?

    init(_ settings: Settings) {
        profile = settings.profile
        let newest = settings[Name.version]
        if newest == Self.floodsub {
            versions = [ProtocolID.floodsub]
        } else {
            let from = Self.all.firstIndex { $0.name == newest } ?? 0
            versions = Self.all[from...].map(\.id) + [ProtocolID.floodsub]
        }
        let isOfBooks = profile == Self.books
        func isOn(_ name: String) -> Bool { Self.isOn(settings[name], isOfBooks) }
        hasBook = isOn(Name.book)
        var limits = RendezvousLimits()
        if settings[Name.rendezvous] == Self.short { limits.leastTTL = 1 }
        rendezvous = isOn(Name.rendezvous) ? limits : nil
        dht = DHTOptions(network: settings[Name.dht])
    }
    /// The ids of all protocols that it supports on streams.
    var protocols: [String] {
        versions + (hasBook ? [ProtocolID.snapshot] : []) + (rendezvous == nil ? [] : [ProtocolID.rendezvous])
            + (dht.map { [$0.protocolID] } ?? [])
    }
    /// Returns whether a feature is on that the profile may preset.
    private static func isOn(_ value: String, _ ofProfile: Bool) -> Bool {
        value.isEmpty || value == Self.profile ? ofProfile : value != off
    }
    private static let books = "lib2p2"
    private static let profile = "profile"
    private static let off = "off"
    private static let on = "on"
    private static let short = "short"
    /// The meshsub values of the parameter `version` with their protocol ids, the newest first.
    private static let all: [(name: String, id: String)] = [
        ("1.3", ProtocolID.meshsub13), ("1.2", ProtocolID.meshsub12), ("1.1", ProtocolID.meshsub11),
        ("1.0", ProtocolID.meshsub10),
    ]
    private static let floodsub = "floodsub"
    /// All values of the parameter `version` with their protocol ids, the newest first.
    static let versions = all + [(floodsub, ProtocolID.floodsub)]
    enum Name {
        static let version = "version"
        static let book = "order_book"
        static let rendezvous = "rendezvous"
        static let dht = "dht"
    }
    static let parameters = [
        Parameter(
            Name.version, "the newest supported version; the node supports older ones and floodsub too",
            choices: versions.map(\.name), preset: "1.3"),
        Parameter(
            Name.book, "whether the node validates Orders, and serves and requests snapshots of order books",
            choices: [profile, off, on], preset: profile),
        Parameter(
            Name.rendezvous,
            "whether the node is a rendezvous point; `short`: a point that accepts registrations for one second",
            choices: [profile, off, on, short], preset: profile),
        Parameter(
            Name.dht,
            "the DHT in which the node is a server, and finds other members of its topics: the prefix of its id",
            choices: [off] + DHTOptions.prefixes.keys.sorted(), preset: off),
    ]
}
