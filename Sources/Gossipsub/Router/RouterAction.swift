public import Libp2p
public import Node

/// What a router wants done, in order.
public enum RouterAction: Sendable {
    /// An RPC for a peer, on the stream that this node opened to it.
    case send(PeerID, SharedRPC)
    /// A message of a topic that this node has, for the application; each comes once.
    case deliver(PublishedMessage)
    /// Connect to a peer that another one names, or that is an explicit one; addresses may be none.
    case connect(PeerID, [Multiaddr])
    /// Something worth telling the operator.
    case report(Event)
}

/// An RPC that goes to several peers, and is there once.
public final class SharedRPC: Sendable {
    public let content: RPCContent
    init(_ content: RPCContent) { self.content = content }
}

extension RPC {
    /// The same behind its length.
    init(_ shared: SharedRPC) { self.init(shared.content) }
}

/// The versions of what peers of pubsub speak, by their ids.
public enum PubsubVersion: Int, Comparable, CaseIterable, Sendable {
    case floodsub, meshsub10, meshsub11, meshsub12, meshsub13

    /// As it is negotiated.
    public var id: String {
        switch self {
        case .floodsub: ProtocolID.floodsub
        case .meshsub10: ProtocolID.meshsub10
        case .meshsub11: ProtocolID.meshsub11
        case .meshsub12: ProtocolID.meshsub12
        case .meshsub13: ProtocolID.meshsub13
        }
    }
    /// From what was negotiated; nil: it is no version of pubsub.
    public init?(id: String) {
        guard let version = Self.allCases.first(where: { $0.id == id }) else { return nil }
        self = version
    }
    /// Earlier versions first.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
