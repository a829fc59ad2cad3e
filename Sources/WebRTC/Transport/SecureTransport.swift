internal import CWebRTC
public import Node

/// A key and a self-signed certificate for DTLS. One identity serves any number of connections.
///
/// It is Sendable although the compiler cannot check it: nothing in it changes after initialization.
public final class SecureIdentity: TransportIdentity, @unchecked Sendable {
    fileprivate let pointer: OpaquePointer
    public let fingerprint: SessionDescription.Fingerprint

    /// Creates an identity with a new key; nil if OpenSSL cannot. `offersSRTP` adds the extension `use_srtp`, without
    /// which some peers refuse the handshake.
    public init?(offersSRTP: Bool = true) {
        guard let pointer = webrtc_identity_create(offersSRTP) else { return nil }
        self.pointer = pointer
        let value = String(cString: webrtc_identity_fingerprint(pointer))
        fingerprint = .init(hash: "sha-256", value: value)
    }
    deinit { webrtc_identity_free(pointer) }
    public func transport(
        isClient: Bool, to fingerprint: SessionDescription.Fingerprint, port: UInt16, random: Random
    ) -> (any ChannelTransport)? {
        SecureTransport(self, isClient: isClient, to: fingerprint, port: port)
    }
}

/// DTLS 1.2 by OpenSSL, and SCTP by usrsctp. Both use the clock of the machine, so it does not run in virtual time.
///
/// It is Sendable although the compiler cannot check it: the functions of C hold a lock.
final class SecureTransport: ChannelTransport, @unchecked Sendable {
    private let pointer: OpaquePointer
    private let identity: SecureIdentity
    private var buffer = [UInt8](repeating: 0, count: TransportLimits.datagram)

    /// Creates a transport. `hasDTLS`: false for tests of SCTP, whose packets then are the datagrams.
    init?(
        _ identity: SecureIdentity, isClient: Bool, to fingerprint: SessionDescription.Fingerprint, port: UInt16,
        hasDTLS: Bool = true
    ) {
        guard
            let pointer = webrtc_transport_create(
                identity.pointer, isClient, fingerprint.hash, fingerprint.value, port)
        else { return nil }
        (self.pointer, self.identity) = (pointer, identity)
        if !hasDTLS { webrtc_leave_dtls_out(pointer) }
    }
    deinit { webrtc_transport_free(pointer) }

    func receive(_ datagram: RawSpan, now: Instant) {
        datagram.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return }
            webrtc_feed(pointer, first.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
    }
    func wake(now: Instant) { webrtc_wake(pointer) }
    func deadline(now: Instant) -> Instant? {
        let delay = webrtc_delay(pointer)
        return delay < 0 ? nil : now + .microseconds(delay)
    }
    func takeDatagrams() -> [[UInt8]] {
        var out: [[UInt8]] = []
        while true {
            let count = webrtc_pull(pointer, &buffer, buffer.count)
            if count == 0 { return out }
            out.append(Array(buffer[..<count]))
        }
    }
    func takeEvents() -> [TransportEvent] {
        var out: [TransportEvent] = []
        var event = webrtc_event()
        while webrtc_next(pointer, &event) { if let one = Self.event(event) { out.append(one) } }
        return out
    }
    private static func event(_ event: webrtc_event) -> TransportEvent? {
        let bytes = UnsafeBufferPointer(start: event.bytes, count: event.count)
        var text: String { String(decoding: bytes, as: UTF8.self) }
        return switch event.kind {
        case WEBRTC_KEY: .secret(text)
        case WEBRTC_SECURED: .secured(text)
        case WEBRTC_ASSOCIATED: .associated
        case WEBRTC_MESSAGE:
            .message(stream: event.stream, payload: event.ppid, Array(bytes), isEnd: event.is_end)
        case WEBRTC_RESET_OURS: .reset(stream: event.stream, isOurs: true)
        case WEBRTC_RESET_THEIRS: .reset(stream: event.stream, isOurs: false)
        case WEBRTC_RESET_FAILED: .resetFailed(stream: event.stream)
        case WEBRTC_ENDED: .ended(text)
        default: nil
        }
    }
    func send(
        _ message: [UInt8], stream: UInt16, payload: UInt32, delivery: Delivery, now: Instant
    ) -> Sending {
        let (policy, value): (webrtc_policy, UInt32) =
            switch delivery.reliability {
            case .reliable: (WEBRTC_RELIABLE, 0)
            case .retransmissions(let most): (WEBRTC_RETRANSMITS, most)
            case .lifetime(let milliseconds): (WEBRTC_LIFETIME, milliseconds)
            }
        let result = webrtc_send(
            pointer, stream, payload, !delivery.isOrdered, policy, value, message, message.count)
        return result > 0 ? .sent : result == 0 ? .full : .refused
    }
    func reset(stream: UInt16, now: Instant) -> Bool { webrtc_reset(pointer, stream) }
    func end(now: Instant) { webrtc_end(pointer) }
}
