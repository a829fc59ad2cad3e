import Node
import Wire

/// Returns the side of an ICE session that an offer or an answer describes; nil for other messages.
@Sendable func signaledEnd(_ type: any Message.Type, _ bytes: RawSpan) -> SignaledEnd? {
    func end<M: Message & SignalMembers>(_ message: M) -> SignaledEnd? {
        var message = message
        guard message.read(borrowing: bytes), case .text(let sdp)? = message.data?.value(in: bytes).last("sdp"),
            let ufrag = SignaledEnd.ufrag(in: sdp)
        else { return nil }
        func id(_ member: JSONValue?) -> String? {
            if case .text(let id)? = member?.value(in: bytes) { id } else { nil }
        }
        return SignaledEnd(ufrag: ufrag, peer: id(message.fromPeerID), other: id(message.targetPeerID))
    }
    if type == Offer.self { return end(Offer()) }
    return type == Answer.self ? end(Answer()) : nil
}
