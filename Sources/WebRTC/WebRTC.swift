public import Node
import TLS
import Wire

extension Definition {
    /// WebRTC data channels (RFC 8831), for captures: STUN, and DTLS with SCTP and the messages of data channels inside.
    /// `channels` are the protocols that applications speak in them. Its node does nothing.
    public static func webRTC(carrying channels: [ChannelProtocol] = []) -> Definition {
        Definition(
            name: "webrtc", title: "WebRTC data channels", transport: .udp, requirementPrefix: "WEBRTC",
            messages: [
                STUNMessage.self, SCTPPacket.self, DataChannelOpen.self, DataChannelAck.self, ChannelText.self,
                ChannelBytes.self,
            ] + DTLSAssociation.messages.filter { $0.name.description.hasPrefix("dtls.") }
                + channels.flatMap(\.messages),
            configuration: .init(profiles: [Named("rfc8831", "RFC 8831 over DTLS 1.2")]),
            reading: .init(framing: { _ in DatagramFraming() }, probe: { DatagramFraming.likelihood($0) }),
            judging: .init(
                observer: { _, _ in SilentObserver() },
                datagramObserver: { WebRTCObserver(memory: $1, $2, channels) }),
            exchanges: [
                MessageExchange(
                    .init("stun.message", key: ["transaction_id"], .equals("type", "binding_request")),
                    .init(
                        "stun.message", key: ["transaction_id"],
                        .differs("type", ["binding_request", "binding_indication"])))
            ],
            reference: .init(node: { _ in IdleNode() }))
    }
}

extension Definition {
    /// Returns the protocol with data channels for its nodes and for the actors of its scenarios. In virtual time a
    /// plain transport takes the place of DTLS and SCTP.
    public func withDataChannels() -> Definition {
        var own = self
        own.reference.carrier = { options in
            var random = options.random
            var identity: (any TransportIdentity)? = PlainIdentity(&random)
            if !options.isVirtual { identity = SecureIdentity() }
            guard let identity else { return nil }
            var connection = PeerConnection.Options(identity: identity, hosts: options.hosts)
            connection.server = options.server
            return ChannelNode(connection, random, secrets: options.secrets)
        }
        return own
    }
}

/// The framing of a datagram by its first byte (RFC 7983): one STUN message, or records of DTLS.
struct DatagramFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        if STUNMessage.isMessage(bytes) { return .message(STUNMessage.self, length: bytes.byteCount) }
        if let size = DTLSRecord.size(of: bytes) { return .message(DTLSRecord.self, length: size) }
        return .refused(WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(bytes.byteCount)))
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }

    /// Judges a datagram by its header, because a probe may have only its beginning.
    static func likelihood(_ bytes: RawSpan) -> Likelihood {
        guard bytes.byteCount >= DTLSRecord.headerSize else { return .no }
        let first = bytes.unsafeLoad(as: UInt8.self)
        if first < 4 {
            let cookie = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt32.self).bigEndian
            return bytes.byteCount >= STUNMessage.headerSize && cookie == STUNMessage.magicCookie ? .certain : .no
        }
        let version = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 1, as: UInt16.self).bigEndian
        let length = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 11, as: UInt16.self).bigEndian
        let isRecord = (20...24).contains(first) && (version == 0xfefd || version == 0xfeff) && length > 0
        return isRecord ? .certain : .no
    }
}

/// A node that does nothing.
struct IdleNode: Node {
    mutating func start(now: Instant, _ out: inout [Action]) {}
    mutating func opened(_ link: LinkID, peer: Endpoint, by opener: Opener, now: Instant, _ out: inout [Action]) {}
    mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
    mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
    mutating func wake(now: Instant, _ out: inout [Action]) {}
    var deadline: Instant? { nil }
}
