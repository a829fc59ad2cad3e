import Crypto
import Libp2p
import Node
import Wire

/// What a published message tells by itself: the fields of a policy, its signature and its key.
struct HeardPublication {
    typealias Tell = (GossipsubRule, _ field: String, String) -> Void

    let message: PublishedMessage
    let topic: HeardKey
    /// Its default id; nil where it has none.
    let id: HeardKey?
    /// The number of its author.
    let number: UInt64

    /// A message that stands in these bytes, or owns its own.
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
    /// What a message is, whoever sends it: its topic and a checksum of its data, for those are long.
    func content(in bytes: RawSpan) -> HeardKey {
        topic.with(message.data?.withSpan(in: bytes) { UInt64($0.byteCount) << 32 | UInt64(CRC32C.checksum($0)) } ?? 0)
    }
    func author(in bytes: RawSpan) -> HeardKey { HeardKey(message.from, in: bytes) }

    /// By the fields that it has. `isOwn`: the message owns its bytes, and its signature is verified as well, which takes
    /// some 0.1 ms.
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
        // Some verify a message without the fields that they do not know.
        guard message.unknown.items.isEmpty, message.isSigned == false else { return }
        tell(.gs58, "signature", "not of \(author)")
    }
}

extension PeerInfo {
    /// Why it names no peer, or not with a record of its own; nil: it is good, or nobody can tell. For one that owns its
    /// bytes.
    var fault: (field: String, text: String)? {
        guard let id = peerID?.own.flatMap({ PeerID($0) }) else { return ("peer_id", "not a peer id") }
        guard let signed = signedPeerRecord?.own, !signed.isEmpty else { return nil }
        return PeerRecord.fault(of: signed, owner: id).map { ("signed_peer_record", $0) }
    }
}
