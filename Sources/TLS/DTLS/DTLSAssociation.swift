public import Node
public import Wire

/// A follower of both sides of a DTLS association. It reads records in the clear, and the encrypted ones if the secrets
/// of the association are known: AES in GCM and CCM and ChaCha20-Poly1305, as for TLS 1.2. It does not read DTLS 1.3.
///
/// The caller decides which records belong to the association, because their addresses may change. `us` is the side
/// that sent the first record that was seen, and `client` is known once a ClientHello was seen.
public struct DTLSAssociation: Sendable {
    /// The content of a record.
    public enum Content: Sendable {
        /// Handshake messages that the record completes, in the form of TLS. A record with a part of one has none.
        case handshake([[UInt8]])
        /// An alert, 2 bytes of `output`.
        case alert
        /// Data, the bytes of `output`.
        case data
        /// Records from the next one on have another epoch.
        case changeCipherSpec
        /// A record with the same number was received before. Its content was not read again.
        case repeated
        /// It stays encrypted.
        case sealed
        /// It has no meaning that is known.
        case unknown
    }
    fileprivate struct Side {
        var handshake = HandshakeAssembly()
        /// The records in the clear, and the records of the current epoch.
        var clearNumbers = ReplayWindow()
        var numbers = ReplayWindow()
        var epoch: UInt16 = 0
        var keys: TrafficKeys?
    }
    /// The side that sent a ClientHello; nil if none was seen.
    public private(set) var client: Opener?
    /// The random of the ClientHello, by which key logs identify the association; empty if it was not seen.
    public private(set) var clientRandom: [UInt8] = []
    /// The reason why a record stays encrypted, once for an association, after `receive` returned `sealed`.
    public private(set) var remark: String?
    private var us = Side()
    private var them = Side()
    private var negotiation: Negotiation?
    private var hasRemarked = false
    private let secrets: Secrets?

    /// Creates the state of a new association.
    public init(_ secrets: Secrets?) { self.secrets = secrets }

    /// The number of bytes that it keeps for incomplete messages.
    public var memory: Int { us.handshake.memory + them.handshake.memory }
    /// The suite that the server chose; nil if that was not seen.
    public var suite: CipherSuite? { negotiation?.suite }

    /// Returns the random of the ClientHello in a record; nil if the record has no first fragment of one.
    public static func clientRandom(of record: RawSpan) -> [UInt8]? {
        // The random follows two headers and the version.
        let start = DTLSRecord.headerSize + HandshakeFragment.headerSize + 2
        guard record.byteCount >= start + 32, DTLSRecord.number(of: record) >> 48 == 0 else { return nil }
        let (type, message) = (record.byte(at: 0), record.byte(at: DTLSRecord.headerSize))
        let offset = (6...8).reduce(0) { $0 << 8 | Int(record.byte(at: DTLSRecord.headerSize + $1)) }
        guard ContentType(rawValue: type) == .handshake, HandshakeType(rawValue: message) == .clientHello, offset == 0
        else { return nil }
        return record.extracting(start..<start + 32).withUnsafeBytes { [UInt8]($0) }
    }
    /// Returns true if the record is encrypted.
    public static func isEncrypted(_ record: RawSpan) -> Bool { DTLSRecord.number(of: record) >> 48 > 0 }

    /// Receives a whole record, and appends its content to `output`.
    public mutating func receive(_ record: RawSpan, from side: Opener, into output: inout [UInt8]) -> Content {
        remark = nil
        var direction = side == .us ? us : them
        defer { if side == .us { us = direction } else { them = direction } }
        let number = DTLSRecord.number(of: record)
        let epoch = UInt16(number >> 48)
        let start = output.count
        if epoch == 0 {
            guard direction.clearNumbers.insert(number) else { return .repeated }
            record.extracting(DTLSRecord.headerSize...).withUnsafeBytes { output.append(contentsOf: $0) }
        } else {
            if epoch == direction.epoch, !direction.isNew(number) { return .repeated }
            guard open(record, number, from: side, &direction, into: &output) else { return .sealed }
            guard direction.numbers.insert(number & 0xffff_ffff_ffff) else {
                output.removeLast(output.count - start)
                return .repeated
            }
        }
        return content(
            ContentType(rawValue: record.byte(at: 0)), output.span.bytes.extracting(start...), from: side, &direction)
    }
    /// Returns the sender of an encrypted record if the record belongs to this association by its keys; nil if the keys
    /// are not known or do not fit.
    public mutating func sender(of record: RawSpan) -> Opener? {
        let number = DTLSRecord.number(of: record)
        var scratch: [UInt8] = []
        for side in [Opener.us, .them] {
            var direction = side == .us ? us : them
            if direction.open(record, number, negotiation, secrets, isClient: side == client, into: &scratch) {
                if side == .us { us.keys = direction.keys } else { them.keys = direction.keys }
                return side
            }
        }
        return nil
    }
    /// True if the keys of the association are known.
    public var hasKeys: Bool {
        guard let negotiation, negotiation.obstacle == nil else { return false }
        return us.keys != nil || them.keys != nil
            || secrets?.find("CLIENT_RANDOM", of: negotiation.clientRandom) != nil
    }

    /// Decrypts a record. If that fails, it states why, once.
    private mutating func open(
        _ record: RawSpan, _ number: UInt64, from side: Opener, _ direction: inout Side, into output: inout [UInt8]
    ) -> Bool {
        if direction.open(record, number, negotiation, secrets, isClient: side == client, into: &output) { return true }
        guard !hasRemarked else { return false }
        hasRemarked = true
        if let negotiation {
            let connection = "client random \(negotiation.clientRandom.hex)"
            remark =
                negotiation.obstacle
                ?? (direction.keys == nil
                    ? "encrypted, no key for \(connection)" : "a record does not fit the key for \(connection)")
        } else {
            remark = "encrypted, and the \(clientRandom.isEmpty ? "handshake" : "ServerHello") was not seen"
        }
        return false
    }
    private mutating func content(
        _ type: ContentType, _ bytes: RawSpan, from side: Opener, _ direction: inout Side
    ) -> Content {
        switch type {
        case .handshake:
            guard let messages = direction.handshake.receive(bytes) else { return .unknown }
            for message in messages { read(message.span.bytes, from: side) }
            return .handshake(messages)
        case .alert: return bytes.byteCount == Alert.size ? .alert : .unknown
        case .applicationData: return .data
        case .changeCipherSpec: return .changeCipherSpec
        default: return .unknown
        }
    }
    /// Applies the changes of a handshake message to the state.
    private mutating func read(_ message: RawSpan, from side: Opener) {
        switch HandshakeType(rawValue: message.byte(at: 0)) {
        case .clientHello:
            var hello = DTLSClientHello()
            guard hello.read(borrowing: message) else { return }
            (client, clientRandom) = (side, hello.header.random.array)
        case .serverHello:
            var hello = ServerHello()
            guard hello.read(borrowing: message) else { return }
            client = side.opposite
            negotiation = Negotiation(hello, clientRandom: clientRandom)
        default: break
        }
    }

    /// Returns the description of a handshake message in the form of TLS.
    public static func description(of message: RawSpan) -> any Message.Type {
        guard message.byteCount > 0 else { return HandshakeMessage.self }
        return switch HandshakeType(rawValue: message.byte(at: 0)) {
        case .clientHello: DTLSClientHello.self
        case .serverHello: ServerHello.self
        case .helloVerifyRequest: HelloVerifyRequest.self
        default: HandshakeMessage.self
        }
    }
    /// The messages that associations can hold, for decoders.
    public static let messages: [any Message.Type] = [
        DTLSRecord.self, DTLSClientHello.self, HelloVerifyRequest.self, ServerHello.self, HandshakeMessage.self,
        Alert.self,
    ]
}

extension DTLSAssociation.Side {
    /// Returns true if the record of the current epoch was not received before. It does not change the numbers, because
    /// only a record that can be decrypted counts.
    fileprivate func isNew(_ number: UInt64) -> Bool {
        var numbers = numbers
        return numbers.insert(number & 0xffff_ffff_ffff)
    }
    /// Decrypts a record of this side and appends its content. Keys are derived once for each epoch.
    fileprivate mutating func open(
        _ record: RawSpan, _ number: UInt64, _ negotiation: Negotiation?, _ secrets: Secrets?, isClient: Bool,
        into output: inout [UInt8]
    ) -> Bool {
        guard let negotiation, negotiation.obstacle == nil else { return false }
        let epoch = UInt16(number >> 48)
        if epoch != self.epoch || keys == nil {
            guard let master = secrets?.find("CLIENT_RANDOM", of: negotiation.clientRandom),
                let keys = TrafficKeys(negotiation, master: master, isClient: isClient)
            else { return false }
            self.keys = keys
        }
        guard let keys else { return false }
        // The keys expect a record of TLS: the type, the version and the length, then the fragment.
        var plain: [UInt8] = []
        plain.reserveCapacity(record.byteCount)
        record.withUnsafeBytes { bytes in
            plain.append(contentsOf: bytes[0..<3])
            plain.append(contentsOf: bytes[11...])
        }
        guard keys.open(plain.span.bytes, number: number, into: &output) else { return false }
        if epoch != self.epoch { (self.epoch, numbers) = (epoch, ReplayWindow()) }
        return true
    }
}

extension RawSpan {
    /// Returns the byte at an offset that the caller has checked.
    fileprivate func byte(at offset: Int) -> UInt8 { unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) }
}
