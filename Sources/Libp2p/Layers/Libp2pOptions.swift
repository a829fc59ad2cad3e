import Node
import Wire

/// The options of an end of a libp2p connection.
public struct Libp2pOptions: Sendable {
    /// The identity of this end. If it is nil, `LayerOptions.identity` applies, or else each connection gets a new key.
    public var identity: Identity?
    /// The security protocols, the most preferred first.
    public var security = [ProtocolID.noise, ProtocolID.plaintext]
    /// The muxers, the most preferred first.
    public var muxers = [ProtocolID.yamux, ProtocolID.mplex]
    /// True if muxers are offered in the handshake of Noise.
    public var offersMuxersEarly = true
    /// The muxers offered there instead of `muxers`; empty means that no muxers are offered.
    public var earlyMuxers: [String]?
    /// The fault of this end; nil if it has no fault.
    public var fault: Libp2pFault?
    /// The protocols that are accepted on streams of the other side, and listed in identify.
    public var protocols: [String] = []
    /// The protocols for which this end opens streams, and which it does not accept.
    public var opened: [String] = []
    /// The addresses where it listens, listed in identify.
    public var addresses: [Multiaddr] = []
    /// The sequence number of the address record in identify, which is higher in later records.
    public var recordSequence: UInt64 = 1
    /// The agent name in identify.
    public var agent = "meshspec"
    /// Creates the default options.
    public init() {}

    /// The protocols that every end supports.
    static let common = [ProtocolID.identify, ProtocolID.identifyPush, ProtocolID.ping]
    /// Returns the content that an end sends in identify.
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
    /// Returns the identity of an end. All ends of a connection draw the same identity.
    func identity(_ end: LayerOptions) -> Identity {
        if let identity { return identity }
        var random = end.random
        let own = random.bytes(32)
        return Identity(seed: end.identity ?? own)
    }
}
