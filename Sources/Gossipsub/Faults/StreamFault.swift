import Node
import Wire

/// A fault in the pubsub streams of a node, one at a time. The text after the colon describes it.
enum StreamFault: String, SeededFault {
    static let named = byName()

    case speaksOnTheirStream = "GS-42: sends on the stream that the peer opened, if there is one"
    case waitsForPeer = "GS-43: opens its stream only after the peer has opened one"
    case emptyRefused = "GS-44: resets the stream of an RPC of length 0"
    case wholeFramesOnly = "GS-45: rejects an RPC that arrives in several segments"
    case oneOfFrame = "GS-45: reads only the first RPC of a segment"
    case takesOversize = "GS-46: accepts RPCs of 16 MiB"
    case oversizeEndsConnection = "GS-46: ends the connection when an RPC is too long"
    case undecodableKept = "GS-47: ignores an RPC that it cannot decode, and keeps its stream"
    case undecodableEndsConnection = "GS-47: ends the connection when it cannot decode an RPC"
    case noSecondStream = "GS-47: accepts only one stream of a peer, and resets later ones"
    case unknownRefused = "GS-48: resets the stream of an RPC with unknown fields"
    case unknownExtensionRefused = "GS-48: resets the stream of a peer that names an unknown extension"
}

extension RPCContent {
    /// True if it names unknown extensions.
    var hasUnknownExtension: Bool { !(control?.extensions?.unknown.items.isEmpty ?? true) }
    /// True if it has unknown fields.
    var hasUnknown: Bool {
        !unknown.items.isEmpty || !(control?.unknown.items.isEmpty ?? true)
            || publish.contains { !$0.unknown.items.isEmpty }
            || subscriptions.contains { !$0.unknown.items.isEmpty }
    }
}
