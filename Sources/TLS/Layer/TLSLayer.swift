public import Node
import Wire

/// A decoder of both directions of a TLS connection: it reads records, and their contents if the secrets of the
/// connection are known.
///
/// For TLS 1.3, and for TLS 1.2 with AES (GCM, CCM, CBC) and ChaCha20-Poly1305, it decrypts everything for which the
/// secrets give keys. That includes resumed sessions, renegotiation and the time after a KeyUpdate, but not early data
/// (0-RTT). The key exchange does not matter, because the secrets are its result. For other versions and suites it reads
/// only the handshake up to its encrypted part. `remark` states once for each connection what stays encrypted, and why.
///
/// There are three channels. `handshake` uses the protocol `tls.handshake`, and `alerts` uses `tls.alert`. `first` has
/// the application data; its protocol is `tls/` with the application protocol, or `tls` if none was negotiated or seen.
/// A secret that becomes known after the records of the handshake decrypts the records that follow; after 64 unreadable
/// records, only every 64th one is tried. Records that cannot be read before one that can leave a gap in `first`
/// (`misses`).
public struct TLSLayer: Layer {
    /// The channel of handshake messages. `alerts` is the channel of alerts.
    public static let handshake = ChannelID(1)
    public static let alerts = ChannelID(2)
    private let secrets: Secrets?
    private var client: Opener?
    private var us = RecordDirection(isClient: true)
    private var them = RecordDirection(isClient: false)
    /// The random of the last ClientHello.
    private var random: [UInt8] = []
    /// The choices of the last ServerHello.
    private var negotiation: Negotiation?
    private var applicationProtocol: String?
    private var isHandshakeOpen = false
    private var isAlerted = false
    private var isOpen = false
    private var hasRemarked = false
    /// The sides that have sent a record which shows that their handshake is finished.
    private var finished: Set<Opener> = []

    /// Creates the state of a new connection. Without secrets it reads nothing encrypted.
    public init(_ secrets: Secrets? = nil) { self.secrets = secrets }

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch RecordHeader.find(bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .record(let header):
            let record = bytes.extracting(0..<header.length)
            var direction = side == .us ? us : them
            take(header.type, record, from: side, &direction, into: &output)
            if finished.count < 2, output.isSealed || direction.epoch == .application { finished.insert(side) }
            if side == .us { us = direction } else { them = direction }
            return .unit(Record.self, length: header.length)
        }
    }
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        RecordHeader.announced(by: bytes)
    }
    public func resync(_ bytes: RawSpan) -> Int? { RecordHeader.search(bytes) }
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool { RecordHeader.isLikely(bytes) }
    public var memory: Int { us.handshake.memory + them.handshake.memory }
    /// True until each side has sent an encrypted record. If the keys are known, the record must follow its Finished.
    /// Without keys, an encrypted alert of TLS 1.3 also counts as the end of the handshake.
    public var isOpening: Bool { finished.count < 2 }
    public mutating func lose(_ side: Opener) { if side == .us { us.lose() } else { them.lose() } }

    private var isTLS13: Bool { negotiation?.version == .tls13 }
    private mutating func take(
        _ type: ContentType, _ record: RawSpan, from side: Opener, _ direction: inout RecordDirection,
        into output: inout LayerOutput
    ) {
        let content = Record.headerSize..<record.byteCount
        let isClear = direction.epoch == .clear
        switch type {
        case .handshake where isClear && direction.mayRead(record.extracting(content)):
            open(Self.handshake, by: side, &output)
            output.append(.lent(Self.handshake, content))
            read(record.extracting(content), from: side, &direction)
        // In TLS 1.3, an encrypted alert looks like application data.
        case .alert where isTLS13 || isClear && direction.mayReadAlert(record.extracting(content)):
            open(Self.alerts, by: side, &output)
            output.append(.lent(Self.alerts, content))
        // This is early data of a client, which has other keys, or a record that means nothing in TLS 1.3.
        case .applicationData where isTLS13 && isClear: break
        case _ where isTLS13 && type != .applicationData: break
        // The records after it are encrypted. If the ServerHello was not seen, they may be encrypted.
        case .changeCipherSpec where isClear: direction.begin(.application)
        default: decrypt(type, record, content, from: side, &direction, into: &output)
        }
    }
    private mutating func open(_ channel: ChannelID, by side: Opener, _ output: inout LayerOutput) {
        if channel == Self.handshake {
            if !isHandshakeOpen { output.append(.begins(channel, by: .us, speaks: LayerName.handshake)) }
            isHandshakeOpen = true
        } else if channel == Self.alerts {
            if !isAlerted { output.append(.begins(channel, by: .us, speaks: LayerName.alerts)) }
            isAlerted = true
        } else {
            let speaks = applicationProtocol.map { "\(LayerName.records)/\($0)" } ?? LayerName.records
            if !isOpen { output.append(.begins(channel, by: client ?? .us, speaks: speaks)) }
            isOpen = true
        }
    }

    /// Decrypts a record and passes on its content.
    private mutating func decrypt(
        _ type: ContentType, _ record: RawSpan, _ content: Range<Int>, from side: Opener,
        _ direction: inout RecordDirection, into output: inout LayerOutput
    ) {
        var sealed = direction
        // Data is always encrypted. Any other record may be: the change to encryption may be among missing bytes.
        if direction.epoch == .clear { sealed.beginInside() }
        let start = output.made.count
        guard let negotiation, negotiation.obstacle == nil,
            sealed.open(record, negotiation, secrets, into: &output.made)
        else {
            guard direction.epoch != .clear || type == .applicationData else { return }
            direction = sealed
            return leave(direction, &output)
        }
        direction = sealed
        if negotiation.version == .tls12 {
            return pass(type, start..<output.made.count, of: content, from: side, &direction, into: &output)
        }
        // The type is the last byte that is not zero (RFC 8446, section 5.2).
        var end = output.made.count
        while end > start, output.made[end - 1] == 0 { end -= 1 }
        guard end > start else { return }
        let inner = ContentType(rawValue: output.made[end - 1])
        pass(inner, start..<end - 1, of: content, from: side, &direction, into: &output)
    }
    /// Leaves a record encrypted, and states why.
    private mutating func leave(_ direction: RecordDirection, _ output: inout LayerOutput) {
        output.isSealed = true
        guard !hasRemarked else { return }
        if let negotiation {
            let connection = "client random \(negotiation.clientRandom.hex)"
            if let obstacle = negotiation.obstacle {
                output.remark = obstacle
            } else if !direction.hasKeys {
                output.remark = "encrypted, no key for \(connection)"
            } else if direction.epoch == .application || !direction.isClient {
                // Before that, the client may send early data.
                output.remark = "a record does not fit the key for \(connection)"
            }
        } else {
            output.remark = "encrypted, and the \(random.isEmpty ? "handshake" : "ServerHello") was not seen"
        }
        hasRemarked = output.remark != nil
    }
    /// Passes on the decrypted content of a record, which `place` of the record holds.
    private mutating func pass(
        _ type: ContentType, _ range: Range<Int>, of place: Range<Int>, from side: Opener,
        _ direction: inout RecordDirection, into output: inout LayerOutput
    ) {
        switch type {
        case .handshake:
            open(Self.handshake, by: side, &output)
            output.append(.made(Self.handshake, range, unit: place))
            read(output.made.span.bytes.extracting(range), from: side, &direction)
        case .applicationData:
            open(.first, by: side, &output)
            reportGap(&direction, &output)
            output.append(.made(.first, range, unit: place))
        case .alert:
            open(Self.alerts, by: side, &output)
            output.append(.made(Self.alerts, range, unit: place))
            let isClose =
                range.count == Alert.size
                && output.made[range.lowerBound + 1] == AlertDescription.closeNotify.rawValue
            guard isOpen, isClose else { return }
            reportGap(&direction, &output)
            output.append(.ends(.first, by: side))
        // A renegotiation ends: its keys follow.
        case .changeCipherSpec where !isTLS13: direction.begin(.application)
        default: break
        }
    }
    private func reportGap(_ direction: inout RecordDirection, _ output: inout LayerOutput) {
        if direction.hasSkipped { output.append(.misses(.first)) }
        direction.hasSkipped = false
    }

    /// Applies the changes of handshake messages to the state.
    private mutating func read(_ content: RawSpan, from side: Opener, _ direction: inout RecordDirection) {
        direction.handshake.add(content)
        while let message = direction.handshake.next() {
            let bytes = message.span.bytes
            switch HandshakeType(rawValue: message[0]) {
            // Up to TLS 1.2, encrypted hellos renegotiate.
            case .clientHello where direction.epoch == .clear || !isTLS13:
                var hello = ClientHello()
                guard hello.read(borrowing: bytes) else { continue }
                (client, random) = (side, hello.header.random.array)
                direction.isClient = true
                if side == .us { them.isClient = false } else { us.isClient = false }
            case .serverHello where direction.epoch == .clear || !isTLS13:
                var hello = ServerHello()
                guard hello.read(borrowing: bytes) else { continue }
                negotiation = Negotiation(hello, clientRandom: random)
                if hello.isRetry { continue }
                applicationProtocol = hello.extensions?.applicationProtocol(in: bytes)
                direction.isClient = false
                guard isTLS13 else { continue }
                direction.begin(.handshake)
                if side == .us { them.begin(.handshake) } else { us.begin(.handshake) }
            case .encryptedExtensions where isTLS13:
                var message = EncryptedExtensions()
                guard message.read(borrowing: bytes) else { continue }
                applicationProtocol = message.extensions.applicationProtocol(in: bytes)
            case .finished where direction.epoch == .handshake: direction.begin(.application)
            case .keyUpdate where isTLS13 && direction.epoch == .application: direction.update()
            default: break
            }
        }
    }
}
