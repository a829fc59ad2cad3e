public import Node
import Wire

/// A decoder of both directions of a TLS connection: it reads records, and their contents if the secrets of the
/// connection are known.
///
/// For TLS 1.3 with AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305 it decrypts everything for which the secrets give
/// keys, also after a KeyUpdate, but not early data (0-RTT). For earlier versions it reads only the handshake up to its
/// encrypted part. `remark` states once for each connection what stays encrypted, and why.
///
/// There are three channels. `handshake` uses the protocol `tls.handshake`, and `alerts` uses `tls.alert`. `first` has
/// the application data; its protocol is `tls/` with the application protocol, or `tls` if none was negotiated or seen.
/// A secret that becomes known after the records of the handshake decrypts the records that follow.
public struct TLSLayer: Layer {
    /// The channel of handshake messages. `alerts` is the channel of alerts.
    public static let handshake = ChannelID(1)
    public static let alerts = ChannelID(2)
    private let secrets: Secrets?
    private var client: Opener?
    private var us = RecordDirection(isClient: true)
    private var them = RecordDirection(isClient: false)
    private var random: [UInt8] = []
    private var version: ProtocolVersion?
    private var suite: CipherSuite?
    private var applicationProtocol: String?
    private var isHandshakeOpen = false
    private var isAlerted = false
    private var isOpen = false
    private var hasRemarked = false

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
    public mutating func lose(_ side: Opener) { if side == .us { us.lose() } else { them.lose() } }

    private mutating func take(
        _ type: ContentType, _ record: RawSpan, from side: Opener, _ direction: inout RecordDirection,
        into output: inout LayerOutput
    ) {
        let content = Record.headerSize..<record.byteCount
        switch type {
        case .handshake where direction.epoch == .clear:
            guard direction.mayRead(record.extracting(content)) else { return }
            open(Self.handshake, by: side, &output)
            output.append(.lent(Self.handshake, content))
            read(record.extracting(content), from: side, &direction)
        // In TLS 1.3, an encrypted alert looks like application data.
        case .alert where direction.epoch == .clear || version == .tls13:
            open(Self.alerts, by: side, &output)
            output.append(.lent(Self.alerts, content))
        case .changeCipherSpec:
            // The record means nothing in TLS 1.3. In earlier versions, the records after it are encrypted. If the
            // ServerHello was not seen, they may be encrypted.
            if version != .tls13 { direction.epoch = .handshake }
        case .applicationData where version == .tls13:
            decrypt(record, content, from: side, &direction, into: &output)
        case .applicationData:
            let what = version.map { "\(Self.name($0)) is not decrypted" } ?? "the handshake was not seen"
            remark("application data stays encrypted: \(what)", &output)
        default: break
        }
    }
    private static func name(_ version: ProtocolVersion) -> String {
        ProtocolVersion.names.first { $0.number == version.number }?.name ?? "version \(version.number)"
    }
    private mutating func remark(_ text: String, _ output: inout LayerOutput) {
        if !hasRemarked { output.remark = text }
        (hasRemarked, output.isSealed) = (true, true)
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

    private mutating func decrypt(
        _ record: RawSpan, _ content: Range<Int>, from side: Opener, _ direction: inout RecordDirection,
        into output: inout LayerOutput
    ) {
        // This is early data of a client, which has other keys.
        guard direction.epoch != .clear, let suite else { return }
        guard suite.hash != nil else {
            return remark(
                "encrypted with \(CipherSuite.value(of: suite.number, RawSpan(), isJSON: false)), which is not decrypted",
                &output)
        }
        let start = output.made.count
        guard direction.open(record, with: suite, random: random, secrets: secrets, into: &output.made) else {
            output.isSealed = true
            if !direction.hasKeys {
                remark("encrypted, no key for client random \(random.hex)", &output)
            } else if direction.epoch == .application {
                // Before that it may be early data.
                remark("a record does not fit the key for client random \(random.hex)", &output)
            }
            return
        }
        // The type is the last byte that is not zero (RFC 8446, section 5.2).
        var end = output.made.count
        while end > start, output.made[end - 1] == 0 { end -= 1 }
        guard end > start else { return }
        let type = ContentType(rawValue: output.made[end - 1])
        let range = start..<end - 1
        switch type {
        case .handshake:
            open(Self.handshake, by: side, &output)
            output.append(.made(Self.handshake, range, unit: content))
            read(output.made.span.bytes.extracting(range), from: side, &direction)
        case .applicationData:
            open(.first, by: side, &output)
            output.append(.made(.first, range, unit: content))
        case .alert:
            open(Self.alerts, by: side, &output)
            output.append(.made(Self.alerts, range, unit: content))
            let isClose =
                range.count == Alert.size && output.made[start + 1] == AlertDescription.closeNotify.rawValue
            if isOpen, isClose { output.append(.ends(.first, by: side)) }
        default: break
        }
    }

    /// Applies the changes of handshake messages to the state.
    private mutating func read(_ content: RawSpan, from side: Opener, _ direction: inout RecordDirection) {
        direction.handshake.add(content)
        while let message = direction.handshake.next() {
            let bytes = message.span.bytes
            switch HandshakeType(rawValue: message[0]) {
            case .clientHello where direction.epoch == .clear:
                var hello = ClientHello()
                guard hello.read(borrowing: bytes) else { continue }
                (client, random) = (side, hello.header.random.array)
                direction.isClient = true
                if side == .us { them.isClient = false } else { us.isClient = false }
            case .serverHello where direction.epoch == .clear:
                var hello = ServerHello()
                guard hello.read(borrowing: bytes) else { continue }
                version = hello.chosen
                if hello.isRetry { continue }
                suite = hello.suite
                applicationProtocol = hello.extensions?.applicationProtocol(in: bytes)
                guard version == .tls13 else { continue }
                direction.isClient = false
                direction.begin(.handshake)
                if side == .us { them.begin(.handshake) } else { us.begin(.handshake) }
            case .encryptedExtensions:
                var message = EncryptedExtensions()
                guard message.read(borrowing: bytes) else { continue }
                applicationProtocol = message.extensions.applicationProtocol(in: bytes)
            case .finished where direction.epoch == .handshake: direction.begin(.application)
            case .keyUpdate where direction.epoch == .application: direction.update()
            default: break
            }
        }
    }
}
