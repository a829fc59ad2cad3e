import Node
import Wire

/// Returns the side of an ICE session that an offer or an answer describes, also if another hub relays it; nil for other
/// messages.
@Sendable func signaledEnd(_ type: any Message.Type, _ bytes: RawSpan) -> SignaledEnd? {
    func end<M: Message & SignalMembers>(_ message: M) -> SignaledEnd? {
        var message = message
        guard message.read(borrowing: bytes) else { return nil }
        return SignaledEnd(
            data: message.data?.value(in: bytes), from: message.fromPeerID?.value(in: bytes),
            to: message.targetPeerID?.value(in: bytes))
    }
    if type == Offer.self { return end(Offer()) }
    if type == Answer.self { return end(Answer()) }
    guard type == SignalRelay.self, let signal = SignalRelay.read(bytes)?.signalData?.value(in: bytes),
        case .text(let kind)? = signal.last("type"),
        [SignalKinds.Offer.type, SignalKinds.Answer.type].contains(where: { "\($0)" == kind })
    else { return nil }
    return SignaledEnd(data: signal.last("data"), from: signal.last("fromPeerId"), to: signal.last("targetPeerId"))
}

extension SignaledEnd {
    /// Creates the side that the data of a signal describes; nil if the data has no ufrag.
    fileprivate init?(data: Value?, from sender: Value?, to target: Value?) {
        func id(_ member: Value?) -> String? { if case .text(let id)? = member { id } else { nil } }
        guard case .text(let sdp)? = data?.last("sdp"), let ufrag = Self.ufrag(in: sdp) else { return nil }
        self.init(ufrag: ufrag, peer: id(sender), other: id(target))
    }
}
