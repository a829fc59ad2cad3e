import Node
import Wire

@testable import WebRTC

/// The parts of a connection with data channels: SCTP, the channels, and the node that receives datagrams.
enum ChannelInput {
    private static let identity = SecureIdentity()
    private static let unknown = SessionDescription.Fingerprint(hash: "sha-256", value: "")

    // MARK: - SCTP

    /// Gives packets of SCTP to an association of usrsctp, whose other side is one too. A piece is the chunks of a
    /// packet; its header fits the association, and so does its TSN, unless the flags say otherwise.
    static func association(_ input: [UInt8]) {
        guard let identity,
            let near = SecureTransport(identity, isClient: true, to: unknown, port: 5000, hasDTLS: false),
            let far = SecureTransport(identity, isClient: false, to: unknown, port: 5000, hasDTLS: false)
        else { return Property.check(false, "no transports") }
        var (tag, tsn): ([UInt8], UInt32) = ([0, 0, 0, 0], 0)
        /// Passes packets on until both sides are silent.
        func talk() {
            for _ in 0..<50 {
                let (ours, theirs) = (near.takeDatagrams(), far.takeDatagrams())
                if ours.isEmpty, theirs.isEmpty { return }
                for packet in theirs {
                    note(packet)
                    near.receive(packet.span.bytes, now: .zero)
                }
                for packet in ours { far.receive(packet.span.bytes, now: .zero) }
            }
        }
        func note(_ packet: [UInt8]) {
            if packet[4..<8].contains(where: { $0 != 0 }) { tag = Array(packet[4..<8]) }
            guard packet.count >= 32, packet[12] == 1 || packet[12] == 2 else { return }
            tsn = packet[28..<32].reduce(0) { $0 << 8 | UInt32($1) }
        }
        near.wake(now: .zero)
        far.wake(now: .zero)
        talk()
        var events = near.takeEvents()
        Property.check(events.contains(.associated), "no association: \(events)")
        for stream in 0..<3 as Range<UInt16> {
            _ = near.send([1, 2, 3], stream: stream, payload: 51, delivery: Delivery(), now: .zero)
        }
        _ = near.reset(stream: 2, now: .zero)
        var (rest, received) = (input[...], 0)
        while let (flags, bytes) = PacketInput.next(&rest) {
            var chunks = bytes
            // Most packets begin with data that continues the association.
            if flags & 1 == 0, chunks.count >= 8, chunks[0] == 0 || chunks[0] == 64 {
                chunks.replaceSubrange(4..<8, with: PacketInput.word(tsn).reversed())
                tsn &+= 1
            }
            let head: [UInt8] = [0x13, 0x88, 0x13, 0x88] + (flags & 2 == 0 ? tag : [0, 0, 0, 0]) + [0, 0, 0, 0]
            let packet = flags & 4 == 0 ? WebRTCInput.intact(head + chunks) : bytes
            received += packet.count
            near.receive(packet.span.bytes, now: .zero)
            if flags & 8 != 0 { near.wake(now: .zero) }
            if flags & 16 != 0 {
                talk()
            } else {
                let answers = near.takeDatagrams()
                Property.check(answers.count <= 64, "\(answers.count) packets answer one")
                for answer in answers { Property.check(answer.count <= 1200, "a packet of \(answer.count) bytes") }
            }
            events = near.takeEvents()
            let size = events.reduce(0) { if case .message(_, _, let bytes, _) = $1 { $0 + bytes.count } else { $0 } }
            Property.check(size <= received + 8 * 1024, "\(size) bytes of messages in \(received)")
        }
        near.end(now: .zero)
    }

    // MARK: - Channels

    /// A transport whose events are in the input.
    private final class Scripted: ChannelTransport, @unchecked Sendable {
        var events: [TransportEvent] = []
        var result = Sending.sent
        func receive(_ datagram: RawSpan, now: Instant) {}
        func wake(now: Instant) {}
        func deadline(now: Instant) -> Instant? { nil }
        func takeDatagrams() -> [[UInt8]] { [] }
        func takeEvents() -> [TransportEvent] {
            defer { events = [] }
            return events
        }
        func send(
            _ message: [UInt8], stream: UInt16, payload: UInt32, delivery: Delivery, now: Instant
        ) -> Sending { result }
        func reset(stream: UInt16, now: Instant) -> Bool { result != .full }
        func end(now: Instant) {}
    }

    /// Gives the events of a transport to a connection: messages, requests to open channels and the ends of streams. The
    /// flags of a piece select the event and the stream.
    static func channels(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var random = Random(seed: 1)
        var options = PeerConnection.Options(identity: PlainIdentity(&random), hosts: [.loopback(1)])
        (options.maximumMessage, options.maximumUnsent) = (2000, 3000)
        var peer = PeerConnection(offers: first & 1 == 0, options, Random(seed: 2), now: .zero)
        let transport = Scripted()
        peer.transport = transport
        transport.events = [.associated]
        peer.settle(.zero)
        var rest = input[1...]
        while !peer.isEnded, let (flags, bytes) = PacketInput.next(&rest) {
            let stream = UInt16(flags >> 3)
            switch flags & 7 {
            case 0:
                if let open = try? DataChannelOpen(copying: bytes) {
                    Property.check(open.encoded() == bytes, "encoded otherwise")
                }
                transport.events.append(.message(stream: stream, payload: 50, bytes, isEnd: true))
            case 1:
                let payload = UInt32(bytes.first ?? 51)
                transport.events.append(.message(stream: stream, payload: payload, bytes, isEnd: true))
            case 2: transport.events.append(.message(stream: stream, payload: 53, bytes, isEnd: false))
            case 3: transport.events.append(.reset(stream: stream, isOurs: bytes.count % 2 == 0))
            case 4: _ = peer.open(String(decoding: bytes, as: UTF8.self), now: .zero)
            case 5: try? peer.send(bytes, isText: true, on: Int(stream), now: .zero)
            case 6: peer.close(Int(stream), now: .zero)
            default:
                transport.result = [.sent, .full, .refused][Int(stream % 3)]
                transport.events.append(.resetFailed(stream: stream))
            }
            peer.settle(.zero)
            check(peer)
            _ = peer.takeEvents()
        }
    }
    private static func check(_ peer: PeerConnection) {
        guard !peer.isEnded else { return }
        let queued = peer.channels.values.reduce(0) { $0 + $1.queue.byteCount }
        Property.check(peer.unsent == queued, "unsent \(peer.unsent), but \(queued) in queues")
        let parts = peer.channels.values.reduce(0) { $0 + $1.part.count }
        Property.check(peer.partial == parts && parts <= 2000, "partial \(peer.partial), but \(parts) in parts")
        Property.check(peer.channels.count <= 2 * Int(TransportLimits.streams), "\(peer.channels.count) channels")
        for (stream, id) in peer.streams {
            Property.check(peer.channels[id]?.stream == stream, "stream \(stream) without its channel")
        }
    }

    // MARK: - Datagrams

    /// Gives datagrams to a node with two connections. The first byte selects the plain transport, or DTLS and SCTP. The flags
    /// of a piece select its address, and whether a STUN message in it has a valid signature.
    static func datagrams(_ input: [UInt8]) {
        guard let first = input.first, let identity else { return }
        var hub = Hub(first & 1 == 0 ? nil : identity)
        var rest = input[1...]
        while let (flags, bytes) = PacketInput.next(&rest) { hub.take(flags, bytes) }
        hub.pass(.seconds(100), limit: 20_000)
        Property.check(hub.ended.count == 2, "ended: \(hub.ended)")
        Property.check(hub.open.isEmpty, "\(hub.open.count) links are left")
    }
    /// A node with two connections, and the addresses of a network without loss.
    private struct Hub: Timed {
        var node: ChannelNode
        var now = Instant.zero
        var open: [LinkID: Endpoint] = [:]
        var last: UInt64 = 0
        /// Our descriptions, by the number of the connection.
        var ours: [UInt64: SessionDescription] = [:]
        /// The transaction id of the last request to each address.
        var asked: [Endpoint: Fixed<12>] = [:]
        var ended: Set<UInt64> = []
        private static let password = "the password of the peer"

        init(_ identity: SecureIdentity?) {
            var random = Random(seed: 1)
            let plain = PlainIdentity(&random)
            var options = PeerConnection.Options(identity: plain, hosts: [.loopback(1)])
            if let identity { options.identity = identity }
            node = ChannelNode(options, Random(seed: 2))
            var theirs = SessionDescription(
                .answer, ufrag: "peer", password: Self.password, fingerprint: plain.fingerprint, setup: .active)
            theirs.candidates = [ICECandidate(.loopback(11), .host)]
            let answer = theirs.text
            (theirs.kind, theirs.setup) = (.offer, .actpass)
            let offer = theirs.text
            call { $0.carry(.offer(1, label: "messages"), now: $1, &$2) }
            call { $0.carry(.signal(1, .answer(answer)), now: $1, &$2) }
            call { $0.carry(.signal(2, .offer(offer)), now: $1, &$2) }
            Property.check(ours.count == 2, "no descriptions")
        }
        mutating func call(_ body: (inout ChannelNode, Instant, inout [Action]) -> Void) {
            var out: [Action] = []
            body(&node, now, &out)
            for event in node.takeChannelEvents() {
                switch event {
                case .signal(let number, .offer(let text)): ours[number] = try? SessionDescription(text, as: .offer)
                case .signal(let number, .answer(let text)): ours[number] = try? SessionDescription(text, as: .answer)
                case .ended(let number, _): ended.insert(number)
                default: break
                }
            }
            var dialed: [Endpoint] = []
            for action in out {
                switch action {
                case .connect(let peer): dialed.append(peer)
                case .send(let link, let bytes): sent(bytes, on: link)
                case .close(let link, _):
                    Property.check(open.removeValue(forKey: link) != nil, "closes \(link), which is not open")
                default: break
                }
            }
            for peer in dialed { connect(peer, by: .us) }
        }
        private mutating func sent(_ bytes: [UInt8], on link: LinkID) {
            guard let peer = open[link] else { return Property.check(false, "sends on \(link), which is not open") }
            Property.check(bytes.count <= 1200, "a datagram of \(bytes.count) bytes")
            guard STUNMessage.isMessage(bytes.span.bytes) else {
                return Property.check((20...63).contains(bytes.first ?? 0), "said \(bytes.hex)")
            }
            guard let message = try? STUNMessage(copying: bytes) else {
                return Property.check(false, "said \(bytes.hex)")
            }
            if message.type == .bindingRequest { asked[peer] = message.transaction }
        }
        private mutating func connect(_ peer: Endpoint, by opener: Opener) {
            last += 1
            let link = LinkID(last)
            open[link] = peer
            call { $0.opened(link, peer: peer, by: opener, now: $1, &$2) }
        }
        mutating func take(_ flags: UInt8, _ bytes: [UInt8]) {
            let peer = Endpoint.loopback(11 + UInt16(flags >> 2 & 7))
            let number = 1 + UInt64(flags >> 5 & 1)
            if flags & 0x40 != 0 { pass(.milliseconds(Int64(bytes.first ?? 1) * 10)) }
            if open.first(where: { $0.value == peer }) == nil { connect(peer, by: .them) }
            guard let link = open.first(where: { $0.value == peer })?.key else { return }
            var datagram = bytes
            switch flags & 3 {
            case 1:
                // A request to a connection, signed with its password.
                guard let own = ours[number], var message = try? STUNMessage(copying: bytes) else { break }
                message.attributes.removeAll { $0.type == .username }
                message.attributes.insert(STUNAttribute(.username, text: "\(own.ufrag):peer"), at: 0)
                datagram = message.encoded(signedWith: Array(own.password.utf8))
            case 2:
                // An answer to the last request.
                guard var message = try? STUNMessage(copying: bytes) else { break }
                message.transaction = asked[peer] ?? message.transaction
                datagram = message.encoded(signedWith: Array(Self.password.utf8))
            case 3 where bytes.count < 2:
                open[link] = nil
                return call { $0.closed(link, now: $1, &$2) }
            default: break
            }
            call { $0.received(datagram.span.bytes, on: link, now: $1, &$2) }
            Property.check(open.count <= 8, "\(open.count) links are open")
        }
        var due: Instant? { node.deadline }
        mutating func wake() { call { $0.wake(now: $1, &$2) } }
    }
}
