import Node
import Wire

/// How an end of a connection of libp2p is set up.
public struct Libp2pOptions: Sendable {
    /// Who we are; nil: as `LayerOptions.identity` says, else a key for each connection.
    public var identity: Identity?
    /// How connections are protected, the most wanted first.
    public var security = [ProtocolID.noise, ProtocolID.plaintext]
    /// How they carry streams, the most wanted first.
    public var muxers = [ProtocolID.yamux, ProtocolID.mplex]
    /// Whether muxers are offered in the handshake of Noise.
    public var offersMuxersEarly = true
    /// What is offered there instead of `muxers`; empty: nothing is.
    public var earlyMuxers: [String]?
    /// What the end does wrong; nil: nothing.
    public var fault: Libp2pFault?
    /// Protocols that are accepted on streams of the other side, and told in identify.
    public var protocols: [String] = []
    /// Where we listen, told in identify.
    public var addresses: [Multiaddr] = []
    /// The number of the record of our addresses, told in identify: higher for a later one.
    public var recordSequence: UInt64 = 1
    /// Told in identify.
    public var agent = "meshspec"
    /// An end as the defaults have it.
    public init() {}

    /// Protocols that every end has.
    static let common = [ProtocolID.identify, ProtocolID.identifyPush, ProtocolID.ping]
    /// What the end of a stream says in identify.
    func identify(_ end: LayerOptions) -> IdentifyContent {
        var content = IdentifyContent()
        let identity = identity(end)
        switch fault {
        case .identifyNoKey: break
        case .identifyOtherKey:
            content.publicKey = Bytes(Identity(seed: identity.peer.bytes).publicKey.encoded())
        default: content.publicKey = Bytes(identity.publicKey.encoded())
        }
        if fault != .identifyNoProtocols { content.protocols = (protocols + Self.common).map { Text($0) } }
        (content.protocolVersion, content.agentVersion) = ("ipfs/0.1.0", Text(agent))
        content.observedAddress = Bytes(Multiaddr(end.peer).bytes)
        guard !addresses.isEmpty else { return content }
        content.listenAddresses = addresses.map { Bytes($0.bytes) }
        let domain = fault == .recordOtherDomain ? PeerRecord.domainOfText : PeerRecord.domain
        content.signedPeerRecord = Bytes(
            Envelope(of: identity, at: addresses, recordSequence, in: domain).encoded())
        return content
    }
    /// Who an end is: all ends of a connection draw the same.
    func identity(_ end: LayerOptions) -> Identity {
        if let identity { return identity }
        var random = end.random
        let own = random.bytes(32)
        return Identity(seed: end.identity ?? own)
    }
}
