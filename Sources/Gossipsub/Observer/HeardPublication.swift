import Crypto
import Libp2p
import Node
import Wire

/// A published message with what the observer derives from it alone. It judges the fields that a policy requires, the
/// signature and the key.
struct HeardPublication {
    typealias Tell = (GossipsubRule, _ field: String, String) -> Void

    let message: PublishedMessage
    let topic: HeardKey
    /// The default id; nil if the message has none.
    let id: HeardKey?
    /// The sequence number; 0 if the message has no default id.
    let number: UInt64

    /// Creates it from a message that is part of these bytes, or owns its own.
    init(_ message: PublishedMessage, in bytes: RawSpan) {
        self.message = message
        topic = HeardKey(message.topic?.bytes, in: bytes)
        let hasID = message.from?.count ?? 0 > 0 && message.sequence?.count == 8
        id = hasID ? HeardKey(message.from, message.sequence, in: bytes) : nil
        number =
            hasID
            ? message.sequence?.withSpan(in: bytes) { UInt64(bigEndian: $0.unsafeLoadUnaligned(as: UInt64.self)) } ?? 0
            : 0
    }
    /// Returns the identity of the content, independent of the sender: the topic and a checksum of the data. The data
    /// are too long to keep.
    func content(in bytes: RawSpan) -> HeardKey {
        topic.with(message.data?.withSpan(in: bytes) { UInt64($0.byteCount) << 32 | UInt64(CRC32C.checksum($0)) } ?? 0)
    }
    func author(in bytes: RawSpan) -> HeardKey { HeardKey(message.from, in: bytes) }

    /// Judges the message by its fields. `isOwn`: the message owns its bytes, so its signature is verified too, which
    /// takes about 0.1 ms.
    func judge(isOwn: Bool, _ tell: Tell) {
        guard message.signature?.count ?? 0 > 0 else {
            for (field, value) in [
                ("from", message.from), ("seqno", message.sequence), ("signature", message.signature),
                ("key", message.key),
            ] where value?.count == 0 {
                tell(.gs60, field, "it is there, and empty")
            }
            return
        }
        guard message.from?.count ?? 0 > 0 else { return tell(.gs56, "from", "no author") }
        if message.sequence?.count != 8 {
            tell(.gs56, "seqno", "\(message.sequence.map { "\($0.count) bytes" } ?? "none")")
        }
        if isOwn { verify(tell) }
    }
    private func verify(_ tell: Tell) {
        guard let author = PeerID(message.from?.own ?? []) else { return tell(.gs56, "from", "not a peer id") }
        guard let key = message.key?.own ?? author.key else {
            return tell(.gs56, "key", "the id of its author does not hold the key")
        }
        guard PeerID(of: key) == author else { return tell(.gs58, "key", "not that of \(author)") }
        // Some implementations verify a message without the fields that they do not know.
        guard message.unknown.items.isEmpty, message.isSigned == false else { return }
        tell(.gs58, "signature", "not of \(author)")
    }
}

extension PeerInfo {
    /// The reason why it names no peer, or has a record that is not the peer's own; nil if it is good or cannot be
    /// checked. The `PeerInfo` must own its bytes.
    var fault: (field: String, text: String)? {
        guard let id = peerID?.own.flatMap({ PeerID($0) }) else { return ("peer_id", "not a peer id") }
        guard let signed = signedPeerRecord?.own, !signed.isEmpty else { return nil }
        return PeerRecord.fault(of: signed, owner: id).map { ("signed_peer_record", $0) }
    }
}
