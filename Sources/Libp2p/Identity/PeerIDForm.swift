public import Wire

extension FieldMeaning {
    /// The multihash of a public key, which identifies a peer.
    public static let peerID = FieldMeaning.form(
        FieldForm(
            "a peer id (base 58 or a CID)", isLong: true, text: { PeerID($0)?.description },
            bytes: { PeerID($0)?.bytes }))
}
