import Libp2p

/// The protocol version of a pubsub stream, as far as an observer needs it.
enum HeardVersion: Int, Comparable {
    case floodsub
    case v10
    case v11
    case v12
    case v13

    /// Creates the version of a negotiated protocol id; nil if the id is unknown.
    init?(_ id: String) {
        switch id {
        case ProtocolID.floodsub: self = .floodsub
        case ProtocolID.meshsub10: self = .v10
        case ProtocolID.meshsub11: self = .v11
        case ProtocolID.meshsub12: self = .v12
        case ProtocolID.meshsub13: self = .v13
        default: return nil
        }
    }
    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
