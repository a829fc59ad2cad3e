public import Wire

extension FieldMeaning {
    /// The multihash of a public key, which identifies a peer.
    public static let peerID = FieldMeaning.form(
        FieldForm(
            "a peer id (base 58 or a CID)", isLong: true, text: { PeerID($0)?.description },
            bytes: { PeerID($0)?.bytes }))
    /// An address of libp2p in its binary form.
    public static let multiaddr = FieldMeaning.form(
        FieldForm(
            "an address (/ip4/1.2.3.4/tcp/4001)", isLong: false, text: { Multiaddr(bytes: $0)?.description },
            bytes: { Multiaddr($0)?.bytes }))
}
