/// The message fields that name nodes.
public struct NodeNaming: Sendable {
    /// The full paths of fields that identify the sender independently of its address, such as
    /// `nano.node_id_handshake.response.node_id`.
    public var identities: [String]
    /// The full paths of fields in which the sender states the id under which it knows the receiver, such as
    /// `peerpigeon.connected.data.peerId`.
    public var recipients: [String]
    /// The full paths of fields that name a peer by its id, regardless of the sender: in messages to a peer, from
    /// it, or about it through others, such as `peerpigeon.offer.targetPeerId`.
    public var mentions: [String]
    /// The form of the ids in `identities`, `recipients` and `mentions`; nil for hexadecimal digits, or text as it
    /// is.
    public var peerNames: PeerNames?
    /// Creates the lists of fields; arguments that are left out have their defaults.
    public init(
        identities: [String] = [],
        recipients: [String] = [],
        mentions: [String] = [],
        peerNames: PeerNames? = nil
    ) {
        self.identities = identities
        self.recipients = recipients
        self.mentions = mentions
        self.peerNames = peerNames
    }
}
