import Node
import Wire

/// Finds messages in one direction of a Nano stream: 8 bytes of header, then as many as type and extension bits tell.
struct StreamFraming: Framing {
    /// The only network taken; nil for all four.
    var network: NetworkID?
    /// Lowest `version_using` taken. Future versions always are.
    var versionMin: UInt8 = 0
    /// Handshake bits that tell the length of a handshake; the rest read as zero.
    var handshakeBits: UInt16 = 0x000f
    /// The order of checks only shows in the error.
    var checksTypeFirst = false

    /// With rules, what a node under these rules refuses is refused; without, any network and version is taken.
    init(_ rules: Ruleset?) {
        guard let rules else { return }
        network = rules.network.id
        versionMin = rules.profile.versionMin
        handshakeBits = rules.profile.handshakeBits
        checksTypeFirst = rules.profile.checksTypeFirst
    }

    func next(_ bytes: RawSpan) -> Frame {
        guard let header = Prelude(bytes, at: 0) else { return .needMore(Header.count - bytes.byteCount) }
        if let error = refusal(of: header) { return .refused(error) }
        guard let message = header.type.message else { return .refused(unknownType(header.type)) }
        let bits = header.type == .nodeIDHandshake ? header.extensions & handshakeBits : header.extensions
        let length = Header.count + message.payloadCount(bits)
        return bytes.byteCount < length
            ? .needMore(length - bytes.byteCount) : .message(message, length: length)
    }

    /// Checks in nano-node's order: network, version, type.
    private func refusal(of header: Prelude) -> WireError? {
        if checksTypeFirst, header.type.message == nil { return unknownType(header.type) }
        if network.map({ $0 != header.network }) ?? !header.network.isKnown {
            let known: [NetworkID] = network.map { [$0] } ?? NetworkID.names.compactMap { NetworkID(varint: $0.number) }
            return illegal("network", 0, header.network.number, .init(header.network, mustBeOneOf: known))
        }
        if header.versionUsing < versionMin {
            return illegal(
                "version_using", 3, UInt64(header.versionUsing),
                LegalValue(
                    wanted: LegalValue.hex(UInt64(versionMin), 8) + " or more",
                    had: LegalValue.hex(UInt64(header.versionUsing), 8)))
        }
        return nil
    }
    private func unknownType(_ type: MessageType) -> WireError {
        let known = MessageType.names.compactMap { MessageType(varint: $0.number) }.filter { $0.message != nil }
        return illegal("type", 5, type.number, .init(type, mustBeOneOf: known))
    }
    private func illegal(_ path: String, _ offset: Int, _ had: UInt64, _ legal: LegalValue) -> WireError {
        WireError(reason: .illegal, path: path, offset: offset, had: had, legal: legal)
    }

    func resync(_ bytes: RawSpan) -> Int? {
        var at = 1
        while at < bytes.byteCount {
            if isPlausible(bytes, at) { return at }
            at += 1
        }
        return nil
    }

    /// Whether a header may begin here, as far as there are bytes to tell: a known network, versions that are in order
    /// and not far from those that nodes ever had, a type that is one.
    private func isPlausible(_ bytes: RawSpan, _ at: Int) -> Bool {
        func byte(_ i: Int) -> UInt8? {
            at + i < bytes.byteCount ? bytes.unsafeLoad(fromUncheckedByteOffset: at + i, as: UInt8.self) : nil
        }
        guard byte(0) == 0x52 else { return false }
        guard let second = byte(1) else { return true }
        let id = NetworkID(rawValue: 0x5200 | UInt16(second))
        guard network.map({ $0 == id }) ?? id.isKnown else { return false }
        guard let max = byte(2) else { return true }
        guard max >= 0x0e, max < 0x40 else { return false }
        guard let using = byte(3) else { return true }
        guard using >= 0x0e, using <= max else { return false }
        guard let min = byte(4) else { return true }
        guard min <= using else { return false }
        guard let type = byte(5) else { return true }
        return MessageType(rawValue: type).message != nil
    }
}

/// What of a header decides about the rest, read without checks.
struct Prelude {
    var network: NetworkID
    var versionMax: UInt8
    var versionUsing: UInt8
    var versionMin: UInt8
    var type: MessageType
    var extensions: UInt16

    /// The header that begins at `at`; nil when its 8 bytes are not there.
    init?(_ bytes: RawSpan, at: Int) {
        guard at >= 0, bytes.byteCount - at >= Header.count else { return nil }
        network = .load(bytes, at, .big)
        versionMax = .load(bytes, at + 2, .big)
        versionUsing = .load(bytes, at + 3, .big)
        versionMin = .load(bytes, at + 4, .big)
        type = .load(bytes, at + 5, .big)
        extensions = .load(bytes, at + 6, .little)
    }
}
