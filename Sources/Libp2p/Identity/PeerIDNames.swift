public import Node
import Wire

extension PeerNames {
    /// The ids of libp2p peers in base 58. The bytes are an id or a serialized `PublicKey`. Users may also give a CID.
    public static let libp2p = PeerNames(shown: 16, text: text(of:)) { typed in
        if let whole = PeerID(typed) { return whole.description }
        // All ids of one kind of key have the same first characters.
        let isBeginning = beginnings.contains { typed.hasPrefix($0) && typed.utf8.count >= $0.utf8.count + 4 }
        return isBeginning && typed.utf8.count <= 64 ? typed : nil
    }
    private static let beginnings = ["12D3KooW", "16Uiu2HA", "Qm"]
    private static func text(of bytes: [UInt8]) -> String? {
        if let id = PeerID(bytes) { return id.description }
        guard let key = try? PublicKey(copying: bytes), key.encoded() == bytes else { return nil }
        return PeerID(of: bytes).description
    }
}
