import Node
import Wire

/// Finds messages in one direction of a Nano stream: a header of 8 bytes, followed by the number of bytes that type and
/// extension bits define.
///
/// Items without a header may follow a message of legacy bootstrap, or answer one of the other side; see
/// `BootstrapStream`.
struct StreamFraming: Framing {
    /// The only accepted network; nil for all four.
    var network: NetworkID?
    /// The lowest accepted `version_using`. Future versions are always accepted.
    var versionMin: UInt8 = 0
    /// The handshake bits that determine the length of a handshake. Other bits are read as zero.
    var handshakeBits: UInt16 = 0x000f
    /// True if 0x10 and 0x11 are types; nil means from protocol version 0x16 on.
    var hasVoteRelay: Bool?
    /// True if 0x0e and 0x0f are types (since V24).
    var hasAscendingBootstrap = true
    /// True if the type is checked before the network. The order shows only in the error.
    var checksTypeFirst = false
    /// The expected streams of items without headers, in order.
    private var streams = BootstrapStreams()

    /// Creates a framing that refuses what a node under these rules refuses. Without rules, it accepts any network and
    /// version.
    init(_ rules: Ruleset?) {
        guard let rules else { return }
        network = rules.network.id
        versionMin = rules.profile.versionMin
        handshakeBits = rules.profile.handshakeBits
        hasVoteRelay = rules.profile.hasVoteRelay
        hasAscendingBootstrap = rules.profile.hasAscendingBootstrap
        checksTypeFirst = rules.profile.checksTypeFirst
    }

    mutating func next(_ bytes: RawSpan) -> FramingResult {
        if !streams.isEmpty, let item = nextOfStream(bytes) { return item }
        guard let header = RawHeader(bytes, at: 0) else { return .needMore(Header.count - bytes.byteCount) }
        if !takes(header.network) || header.versionUsing < versionMin { return .refused(refusal(of: header)) }
        guard let message = message(of: header) else { return .refused(unknownType(header.type)) }
        let length = length(of: message, header)
        guard bytes.byteCount >= length else { return .needMore(length - bytes.byteCount) }
        if header.type == .bulkPush { streams.expect(.blocks) }
        return .message(message, length: length)
    }
    /// Returns the number of bytes of a message with this header.
    @inline(__always)
    private func length(of message: any NanoMessage.Type, _ header: RawHeader) -> Int {
        var header = header
        if header.type == .nodeIDHandshake { header.extensions &= handshakeBits }
        return Header.count + message.payloadCount(header)
    }
    func announced(by bytes: RawSpan) -> Announcement? {
        if !streams.isEmpty, streams.isInside || !isPlausible(bytes, 0) { return streams.announced(by: bytes) }
        guard let header = RawHeader(bytes, at: 0), let message = message(of: header) else { return nil }
        return Announcement(message, length: length(of: message, header))
    }
    /// Returns the item of an expected stream at the front; nil if a message with a header is there.
    @inline(never)
    private mutating func nextOfStream(_ bytes: RawSpan) -> FramingResult? {
        if streams.isInside || !isPlausible(bytes, 0) { return streams.next(bytes) }
        // `isPlausible` is also true if there are too few bytes to decide.
        if bytes.byteCount < Header.count { return .needMore(Header.count - bytes.byteCount) }
        // Nodes that do not serve legacy bootstrap ignore the request.
        streams.clear()
        return nil
    }
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) {
        if let stream = BootstrapStream(answering: type, bytes) { streams.expect(stream) }
    }
    func isMarked(_ type: any Message.Type) -> Bool { type is any NanoMessage.Type }
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? { streams.lose(count, behind: kept) }

    private func message(of header: RawHeader) -> (any NanoMessage.Type)? {
        let isRelay = header.type == .voteRelayReq || header.type == .voteRelayAck
        if isRelay, !(hasVoteRelay ?? (header.versionUsing >= 0x16)) { return nil }
        let isPull = header.type == .ascPullReq || header.type == .ascPullAck
        return isPull && !hasAscendingBootstrap ? nil : header.type.message
    }

    @inline(__always)
    private func takes(_ id: NetworkID) -> Bool { network.map { $0 == id } ?? id.isKnown }
    /// Returns why a network or version is refused. Like nano-node, it checks network, version and type in this order.
    private func refusal(of header: RawHeader) -> WireError {
        if checksTypeFirst, message(of: header) == nil { return unknownType(header.type) }
        if !takes(header.network) {
            let known: [NetworkID] = network.map { [$0] } ?? NetworkID.names.compactMap { NetworkID(varint: $0.number) }
            return illegal(
                "network", at: 0, had: header.network.number, legal: .init(header.network, mustBeOneOf: known))
        }
        return illegal(
            "version_using", at: 3, had: UInt64(header.versionUsing),
            legal: LegalValue(
                wanted: LegalValue.hex(UInt64(versionMin), 8) + " or more",
                had: LegalValue.hex(UInt64(header.versionUsing), 8)))
    }
    private func unknownType(_ type: MessageType) -> WireError {
        let end: UInt8 = hasVoteRelay == true ? 0x12 : hasAscendingBootstrap ? 0x10 : 0x0e
        let known = catalogue.map { $0.type }.filter { $0.rawValue < end }
        return illegal("type", at: 5, had: type.number, legal: .init(type, mustBeOneOf: known))
    }
    private func illegal(_ path: String, at offset: Int, had: UInt64, legal: LegalValue) -> WireError {
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

    /// Returns true if a header may begin here, as far as the bytes show it: a known network, versions in order and
    /// close to real ones, and a known type.
    private func isPlausible(_ bytes: RawSpan, _ at: Int) -> Bool {
        func byte(_ i: Int) -> UInt8? {
            at + i < bytes.byteCount ? bytes.unsafeLoad(fromUncheckedByteOffset: at + i, as: UInt8.self) : nil
        }
        guard byte(0) == 0x52 else { return false }
        guard let second = byte(1) else { return true }
        let id = NetworkID(rawValue: 0x5200 | UInt16(second))
        guard takes(id) else { return false }
        guard let max = byte(2) else { return true }
        guard max >= 0x0e, max < 0x40 else { return false }
        guard let using = byte(3) else { return true }
        guard using >= 0x0e, using <= max else { return false }
        guard let min = byte(4) else { return true }
        guard min <= using else { return false }
        guard let type = byte(5) else { return true }
        guard let header = RawHeader(bytes, at: at) else { return MessageType(rawValue: type).message != nil }
        return message(of: header) != nil
    }
}
