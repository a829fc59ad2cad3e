import Node
import Wire

/// A fault in the pubsub streams of a node, one at a time. The text after the colon describes it.
enum StreamFault: String, SeededFault {
    static let named = byName()

    case speaksOnTheirStream = "GS-42: speaks on the stream that the peer opened, where there is one"
    case waitsForPeer = "GS-43: opens its stream only after the peer has opened one"
    case emptyRefused = "GS-44: resets the stream of an RPC of length 0"
    case wholeFramesOnly = "GS-45: refuses an RPC that does not come in one piece"
    case oneOfFrame = "GS-45: reads the first RPC of what comes in one piece only"
    case takesOversize = "GS-46: reads RPCs of 16 MiB"
    case oversizeEndsConnection = "GS-46: ends the connection when an RPC is too long"
    case undecodableKept = "GS-47: passes over an RPC that cannot be read, and keeps its stream"
    case undecodableEndsConnection = "GS-47: ends the connection when an RPC cannot be read"
    case noSecondStream = "GS-47: takes one stream of a peer only, and resets a later one"
    case unknownRefused = "GS-48: resets the stream of an RPC with fields that it does not know"
}

extension RPCContent {
    /// True if it has unknown fields.
    var hasUnknown: Bool {
        !unknown.items.isEmpty || !(control?.unknown.items.isEmpty ?? true)
            || publish.contains { !$0.unknown.items.isEmpty }
            || subscriptions.contains { !$0.unknown.items.isEmpty }
    }
}
