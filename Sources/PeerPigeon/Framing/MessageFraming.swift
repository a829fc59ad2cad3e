import Node
import Wire

/// The framing of JSON texts: the member `type` decides the message. Each is in a WebSocket message of its own.
struct MessageFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        var unrouted = Unrouted()
        guard unrouted.read(borrowing: bytes) else {
            return Unrouted.check(bytes).map { .refused($0) } ?? .message(Unrouted.self, length: bytes.byteCount)
        }
        return .message(Self.type(of: unrouted, bytes), length: bytes.byteCount)
    }
    /// Returns the description of a message; `Unrouted` if its type is unknown.
    private static func type(of message: Unrouted, _ bytes: RawSpan) -> any Message.Type {
        guard case .text(let type)? = message.type?.value(in: bytes) else { return Unrouted.self }
        return types[type] ?? Unrouted.self
    }
    private static let types: [String: any Message.Type] = [
        "connected": Connected.self, "announce": Announce.self, "peer-discovered": PeerDiscovered.self,
        "peer-disconnected": PeerDisconnected.self, "offer": Offer.self, "answer": Answer.self,
        "ice-candidate": Candidate.self, "ping": Ping.self, "pong": Pong.self, "goodbye": Goodbye.self,
        "cleanup": Cleanup.self, "error": HubError.self, "client-signal-relay": SignalRelay.self,
        "connection-rejected": Rejection.self, "cleanup-all": CleanupAll.self,
        "gossip": GossipMessage.self,
    ]
    /// Returns false for `Unrouted`, which any JSON object is.
    func isMarked(_ type: any Message.Type) -> Bool { type != Unrouted.self }
    /// Returns nil, because each message is in a WebSocket message of its own.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
