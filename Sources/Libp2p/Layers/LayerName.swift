/// The names of the layers of libp2p.
public enum LayerName {
    /// The negotiation of the security protocol on a fresh connection.
    public static let security = "libp2p.security"
    /// The negotiation of the muxer on a secured connection.
    public static let muxer = "libp2p.muxer"
    /// The negotiation of the protocol of a stream.
    public static let stream = "libp2p.stream"
    public static let plaintext = "libp2p.plaintext"
    public static let noise = "libp2p.noise"
    /// The decrypted payloads of a Noise handshake, in captures.
    public static let noisePayload = "libp2p.noise_payload"
    public static let yamux = "libp2p.yamux"
    public static let mplex = "libp2p.mplex"
    public static let identify = "libp2p.identify"
    public static let identifyPush = "libp2p.identify_push"
    public static let ping = "libp2p.ping"
    public static let rendezvous = "libp2p.rendezvous"
}

/// The ids of the protocols that are negotiated.
public enum ProtocolID {
    public static let multistream = "/multistream/1.0.0"
    public static let plaintext = "/plaintext/2.0.0"
    public static let noise = "/noise"
    /// An id that is not supported here. The newest nodes propose and accept it first.
    public static let tls = "/tls/1.0.0"
    public static let yamux = "/yamux/1.0.0"
    public static let mplex = "/mplex/6.7.0"
    public static let identify = "/ipfs/id/1.0.0"
    public static let identifyPush = "/ipfs/id/push/1.0.0"
    public static let ping = "/ipfs/ping/1.0.0"
    public static let rendezvous = "/rendezvous/1.0.0"
    /// The prefix of the ids of all gossipsub versions.
    public static let meshsub = "/meshsub/"
    public static let meshsub10 = meshsub + "1.0.0"
    public static let meshsub11 = meshsub + "1.1.0"
    public static let meshsub12 = meshsub + "1.2.0"
    public static let meshsub13 = meshsub + "1.3.0"
    public static let floodsub = "/floodsub/1.0.0"
}
