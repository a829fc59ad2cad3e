import Libp2p
import Node

/// The streams of pubsub with a peer: we speak on one, and it on the other.
struct PubsubPeer: Sendable {
    /// The stream that we opened, on which nothing is agreed yet.
    var opening: HostStream?
    /// The stream on which we speak.
    var outbound: HostStream?
    /// The stream on which it speaks, and what of it is read.
    var inbound: HostStream?
    var reader = RPCReader()
    /// The version of that stream.
    var inboundVersion = ""
    /// The router knows of it.
    var isAdded = false
    /// What it said before the router knew of it.
    var waiting: [RPCContent] = []
    var waitingBytes = 0
    /// How often our stream was opened again.
    var reopens = 0
    /// When our stream is opened next.
    var opensAt: Instant?

    /// Bytes that may wait for the router to know of a peer; what is beyond is lost.
    static let waitingLimit = 2 << 20
    /// A stream of ours that the other side ends is opened again so often.
    static let reopenLimit = 3
    /// And so long after its end.
    static let reopenDelay = Duration.seconds(1)
}
