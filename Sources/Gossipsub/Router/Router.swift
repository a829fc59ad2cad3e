public import Libp2p
public import Node
import Wire

/// The router of gossipsub (libp2p specs, gossipsub 1.0 to 1.3) as a value without I/O. RPCs, connections and the time go
/// in, actions come out, in order.
///
/// Whoever drives it adds a peer when the stream is there on which this node speaks to it, and gives it what that peer
/// says from then on; RPCs have to own their bytes.
public struct Router: Sendable {
    public let parameters: RouterParameters
    /// This node.
    public let own: PeerID
    /// What messages are signed with; nil: they cannot be.
    let identity: Identity?
    let faults: Set<RouterFault>
    /// Whether it tells what it does; off, it tells nothing.
    public var tellsReports = true
    var random: Random

    /// A router that has not begun.
    public init(
        _ parameters: RouterParameters, own: PeerID, identity: Identity?, _ random: Random,
        faults: Set<RouterFault> = []
    ) {
        (self.parameters, self.own, self.identity) = (parameters, own, identity)
        (self.random, self.faults) = (random, faults)
    }
    /// Begins; called once, before all else.
    public mutating func start(now: Instant) {}
    /// A stream to a peer is there, which speaks this version.
    public mutating func add(
        _ peer: PeerID, _ version: PubsubVersion, by opener: Opener, at address: Endpoint, now: Instant,
        _ out: inout [RouterAction]
    ) {}
    /// The stream to a peer, or the connection, is over.
    public mutating func remove(_ peer: PeerID, now: Instant, _ out: inout [RouterAction]) {}
    /// What a peer says.
    public mutating func receive(
        _ rpc: RPCContent, from peer: PeerID, now: Instant, _ out: inout [RouterAction]
    ) {}
    /// The signed record of a peer, an `Envelope` as bytes, such as identify tells it: it goes into PRUNE.
    public mutating func know(_ record: [UInt8], of peer: PeerID) {}
    /// A peer with which the operator wants to exchange all messages, outside of any mesh.
    public mutating func markExplicit(_ peer: PeerID, at addresses: [Multiaddr] = []) {}
    /// Joins a topic.
    public mutating func subscribe(_ topic: [UInt8], now: Instant, _ out: inout [RouterAction]) {}
    /// Leaves a topic.
    public mutating func unsubscribe(_ topic: [UInt8], now: Instant, _ out: inout [RouterAction]) {}
    /// Publishes a message. Gives its id; nil: one with this id is known already.
    @discardableResult
    public mutating func publish(
        _ data: [UInt8], to topic: [UInt8], now: Instant, _ out: inout [RouterAction]
    ) -> [UInt8]? { nil }
    /// When `wake` is wanted next.
    public var deadline: Instant? { nil }
    /// `deadline` has come; early calls do nothing.
    public mutating func wake(now: Instant, _ out: inout [RouterAction]) {}

    // What it knows

    /// Peers that were added, in order of their ids.
    public var peers: [PeerID] { [] }
    /// Topics of this node, in order.
    public var topics: [[UInt8]] { [] }
    /// The mesh of a topic, in order of ids.
    public func mesh(_ topic: [UInt8]) -> [PeerID] { [] }
    /// To whom messages of a topic go that this node does not have, in order of ids.
    public func fanout(_ topic: [UInt8]) -> [PeerID] { [] }
    /// The score of a peer; nil: scores are not counted, or it is not there.
    public func score(_ peer: PeerID, now: Instant) -> Double? { nil }
}
