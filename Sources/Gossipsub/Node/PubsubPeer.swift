import Libp2p
import Node

/// The pubsub streams with a peer: this node sends on one, the peer on the other.
struct PubsubPeer: Sendable {
    /// The stream that this node opened, while no protocol is agreed on yet.
    var opening: HostStream?
    /// The stream on which this node sends.
    var outbound: HostStream?
    /// The stream on which the peer sends, and its reader.
    var inbound: HostStream?
    var reader = RPCReader()
    /// The protocol id of the inbound stream.
    var inboundVersion = ""
    /// True if the router knows the peer.
    var isAdded = false
    /// RPCs that arrived before the router knew the peer.
    var waiting: [RPCContent] = []
    var waitingBytes = 0
    /// The number of times that this node opened its stream again.
    var reopens = 0
    /// The time when this node opens its stream next.
    var opensAt: Instant?

    /// The maximum size in bytes of the RPCs that wait for the router to know a peer. Further ones are lost.
    static let waitingLimit = 2 << 20
    /// The maximum number of times that this node reopens a stream that the peer ended.
    static let reopenLimit = 3
    /// The delay between the end of the stream and its reopening.
    static let reopenDelay = Duration.seconds(1)
}
