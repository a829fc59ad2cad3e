/// What is wanted of a connection, in text: the address with who is to be there, and behind a question mark how this end
/// is to be, as in `/ip4/127.0.0.1/tcp/4001/p2p/12D3...?security=plaintext&muxer=mplex`. Either part may be missing.
///
/// Words that are known: `security` and `muxer`, what is offered, ids or their short names with commas between them;
/// `early`, the muxers that are offered in the handshake of Noise, which may be none; `protocols`, those of streams;
/// `peer`, who is to be there; `fault`, a `Libp2pFault`. Others are passed over.
public struct EndTarget: Hashable, Sendable {
    /// Nil: none is given, or it cannot be read.
    public var address: Multiaddr?
    /// What is said by each word.
    public var words: [String: String] = [:]

    /// From text; whatever cannot be read says nothing.
    public init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        address = parts.first.flatMap { Multiaddr(String($0)) }
        guard parts.count == 2 else { return }
        for word in parts[1].split(separator: "&") {
            let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            words[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
    }
    /// Who is to be there; nil: anybody.
    public var peer: PeerID? { words["peer"].flatMap { PeerID($0) } ?? address?.peer }
    /// The ids of a word; nil: nothing is said of it.
    func ids(_ word: String) -> [String]? {
        words[word].map { $0.split(separator: ",").map { Self.id(String($0)) } }
    }
    /// The id that a short name stands for.
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
