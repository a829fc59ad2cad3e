import Libp2p
import Node

/// What the parameters of a node say beside those of its layers and of its router.
struct NodeParameters: Sendable {
    /// The ids of pubsub that it speaks, the newest first.
    let versions: [String]
    let profile: String

    init(_ settings: Settings) {
        profile = settings.profile
        let newest = settings[Name.version]
        if newest == Self.floodsub {
            versions = [ProtocolID.floodsub]
        } else {
            let from = Self.all.firstIndex { $0.name == newest } ?? 0
            versions = Self.all[from...].map(\.id) + [ProtocolID.floodsub]
        }
    }
    private static let all: [(name: String, id: String)] = [
        ("1.3", ProtocolID.meshsub13), ("1.2", ProtocolID.meshsub12), ("1.1", ProtocolID.meshsub11),
        ("1.0", ProtocolID.meshsub10),
    ]
    private static let floodsub = "floodsub"
    private enum Name {
        static let version = "version"
    }
    static let parameters = [
        Parameter(
            Name.version, "the newest version that is spoken; older ones, and floodsub, are too",
            choices: all.map(\.name) + [floodsub], preset: "1.3")
    ]
}
