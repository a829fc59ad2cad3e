/// The target of a connection, in text: an address with the expected peer and, after a question mark, settings of this
/// end, as in `/ip4/127.0.0.1/tcp/4001/p2p/12D3...?security=plaintext&muxer=mplex`. Either part may be missing.
///
/// The known settings are: `security` and `muxer`, the offered protocols, as comma-separated ids or short names;
/// `early`, the muxers offered in the Noise handshake, which may be empty; `protocols`, the protocols of streams;
/// `addresses`, the addresses that identify lists; `peer`, the expected peer; `fault`, a `Libp2pFault`. Other settings are ignored.
public struct EndTarget: Hashable, Sendable {
    /// The address; nil if it is missing or cannot be parsed.
    public var address: Multiaddr?
    /// The values of the settings, by name.
    public var words: [String: String] = [:]

    /// Parses a target. Parts that cannot be parsed are ignored.
    public init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        address = parts.first.flatMap { Multiaddr(String($0)) }
        guard parts.count == 2 else { return }
        for word in parts[1].split(separator: "&") {
            let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            words[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
    }
    /// The expected peer; nil if any peer is accepted.
    public var peer: PeerID? { words["peer"].flatMap { PeerID($0) } ?? address?.peer }
    /// Returns the ids in a setting; nil if the setting is missing.
    func ids(_ word: String) -> [String]? {
        words[word].map { $0.split(separator: ",").map { Self.id(String($0)) } }
    }
    /// Returns the id of a short name.
    static func id(_ name: String) -> String {
        switch name {
        case "noise": ProtocolID.noise
        case "plaintext": ProtocolID.plaintext
        case "yamux": ProtocolID.yamux
        case "mplex": ProtocolID.mplex
        default: name
        }
    }
}
