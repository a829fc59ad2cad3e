public import Libp2p
public import Node

/// An action of a router. Actions are carried out in order.
public enum RouterAction: Sendable {
    /// Sends an RPC to a peer, on the stream that this node opened to it.
    case send(PeerID, SharedRPC)
    /// Delivers a message of a joined topic to the application, once for each message.
    case deliver(PublishedMessage)
    /// Connects to a peer that another peer named, or to an explicit peer. The addresses may be empty.
    case connect(PeerID, [Multiaddr])
    /// Reports an event to the operator.
    case report(Event)
}

/// An RPC that is sent to several peers and kept only once in memory.
public final class SharedRPC: Sendable {
    public let content: RPCContent
    init(_ content: RPCContent) { self.content = content }
}

extension RPC {
    /// Creates an RPC with this content, preceded by its length.
    init(_ shared: SharedRPC) { self.init(shared.content) }
}

/// The protocol version of a pubsub peer.
public enum PubsubVersion: Int, Comparable, CaseIterable, Sendable {
    case floodsub, meshsub10, meshsub11, meshsub12, meshsub13

    /// The protocol id that is negotiated.
    public var id: String {
        switch self {
        case .floodsub: ProtocolID.floodsub
        case .meshsub10: ProtocolID.meshsub10
        case .meshsub11: ProtocolID.meshsub11
        case .meshsub12: ProtocolID.meshsub12
        case .meshsub13: ProtocolID.meshsub13
        }
    }
    /// Creates the version of a negotiated protocol id; nil if it is not a pubsub protocol.
    public init?(id: String) {
        guard let version = Self.allCases.first(where: { $0.id == id }) else { return nil }
        self = version
    }
    /// Orders versions by age, the earliest first.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
