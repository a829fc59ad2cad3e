import Libp2p
import Node
import Wire

/// What a published message tells by itself: the fields of a policy, its signature and its key.
struct HeardPublication {
    typealias Tell = (GossipsubRule, _ field: String, String) -> Void

    let message: PublishedMessage
    /// Its default id; nil where it has none.
    let id: [UInt8]?
    let topic: [UInt8]

    init(_ message: PublishedMessage) {
        self.message = message
        let hasID = message.from.map { $0.count > 0 } ?? false && message.sequence?.count == 8
        id = hasID ? message.defaultID : nil
        topic = message.topic?.bytes.own ?? []
    }
    /// The number of its author, where it has one.
    var number: UInt64? {
        guard let bytes = message.sequence?.own, bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
    /// What the message is, whoever sends it.
    var content: Int {
        var hasher = Hasher()
        hasher.combine(topic)
        hasher.combine(message.data?.own)
        return hasher.finalize()
    }
    /// `verifies`: the signature as well, which takes some 0.1 ms.
    func judge(verifies: Bool, _ tell: Tell) {
        guard let signature = message.signature?.own, !signature.isEmpty else {
            for (field, value) in [
                ("from", message.from), ("seqno", message.sequence), ("signature", message.signature),
                ("key", message.key),
            ] where value?.count == 0 {
                tell(.gs60, field, "it is there, and empty")
            }
            return
        }
        guard let from = message.from?.own, !from.isEmpty else { return tell(.gs56, "from", "no author") }
        guard let author = PeerID(from) else { return tell(.gs56, "from", "not a peer id") }
        if message.sequence?.count != 8 {
            tell(.gs56, "seqno", "\(message.sequence.map { "\($0.count) bytes" } ?? "none")")
        }
        guard let key = message.key?.own ?? author.key else {
            return tell(.gs56, "key", "the id of its author does not hold the key")
        }
        guard PeerID(of: key) == author else { return tell(.gs58, "key", "not that of \(author)") }
        // Some verify a message without the fields that they do not know.
        guard verifies, message.unknown.items.isEmpty, message.isSigned == false else { return }
        tell(.gs58, "signature", "not of \(author)")
    }
}

extension PeerInfo {
    /// Why it names no peer, or not with a record of its own; nil: it is good, or nobody can tell.
    var fault: (field: String, text: String)? {
        guard let id = peerID?.own.flatMap({ PeerID($0) }) else { return ("peer_id", "not a peer id") }
        guard let signed = signedPeerRecord?.own, !signed.isEmpty else { return nil }
        guard let envelope = try? Envelope(copying: signed), let key = envelope.publicKey else {
            return ("signed_peer_record", "not an envelope")
        }
        guard PeerID(of: key.encoded()) == id else { return ("signed_peer_record", "of another peer") }
        guard envelope.isGood(in: PeerRecord.domain) != false else {
            return ("signed_peer_record", "the signature is wrong")
        }
        let record = envelope.payload?.own.flatMap { try? PeerRecord(copying: $0) }
        guard record?.peerID?.own == id.bytes else { return ("signed_peer_record", "it is about another peer") }
        return nil
    }
}
