import Node
import TLS
import Wire

/// An observer of all WebRTC datagrams of a capture. It separates STUN and DTLS (RFC 7983), and follows each DTLS
/// association to other addresses, which ICE may choose at any time: by the ufrags in STUN requests, or by its keys.
struct WebRTCObserver: DatagramObserver {
    private var paths: [AddressPair: PeerPath] = [:]
    private var associations: [Int: FollowedAssociation] = [:]
    /// The association of each ICE session.
    private var sessions: [ICESession: Int] = [:]
    /// The peers of ICE sessions by the ufrags of one side, as far as signaling in the capture names them: that side,
    /// and the other one.
    private var peers: [String: (own: String?, other: String?)] = [:]
    private let channels: [ChannelProtocol]
    private let secrets: Secrets
    /// The maximum number of bytes of incomplete messages.
    private let limit: Int
    private var held = 0
    private var last = 0
    private var units = 0
    private var clock = 0

    /// The maximum number of associations and of address pairs that are kept. The ones that were silent longest are
    /// forgotten.
    private static let associationLimit = 1024
    private static let pathLimit = 16_384
    /// The maximum number of associations whose keys are tried for a record of unknown addresses.
    private static let searchLimit = 64
    /// The number of records in a row after which only one in this number is tried with the keys of others.
    private static let failureLimit = 32

    /// The numbers of associations and address pairs that it keeps.
    var counts: (associations: Int, paths: Int) { (associations.count, paths.count) }

    init(memory: Int, _ secrets: Secrets, _ channels: [ChannelProtocol]) {
        (limit, self.secrets, self.channels) = (memory, secrets, channels)
    }

    mutating func observe(
        _ bytes: RawSpan, from source: Endpoint, to destination: Endpoint, number: Int, at time: Instant,
        into out: inout [ObservedMessage]
    ) {
        clock += 1
        let pair = AddressPair(source, destination)
        var path = paths[pair] ?? PeerPath()
        path.lastUsed = clock
        switch bytes.byteCount > 0 ? bytes.unsafeLoad(as: UInt8.self) : 255 {
        case 0...3: observe(stun: bytes, from: source, in: pair, &path, &out)
        case 20...63:
            var at = 0
            repeat {
                let rest = bytes.extracting(at...)
                guard let size = DTLSRecord.size(of: rest) else {
                    out.append(Self.refused(at..<bytes.byteCount, of: bytes))
                    break
                }
                receive(
                    rest.extracting(0..<size), at..<at + size, of: bytes.byteCount, from: source, to: destination,
                    number, in: pair, &path, &out)
                at += size
            } while at < bytes.byteCount
        default:
            var observed = ObservedMessage(.malformed, nil)
            observed.findings = [Finding(.warning, path: "", "a datagram that is neither STUN nor DTLS")]
            out.append(observed)
        }
        if paths[pair] == nil, paths.count >= Self.pathLimit { forgetPaths() }
        paths[pair] = path
    }
    mutating func finish(into out: inout [ObservedMessage]) {
        for number in associations.keys.sorted() { associations[number]?.finish(channels, into: &out) }
        (paths, associations, sessions, held) = ([:], [:], [:], 0)
    }
    mutating func learn(_ end: SignaledEnd) {
        guard peers[end.ufrag] != nil || peers.count < SignaledEnd.limit else { return }
        let known = peers[end.ufrag]
        peers[end.ufrag] = (known?.own ?? end.peer, known?.other ?? end.other)
    }
    func isWaiting(from source: Endpoint, to destination: Endpoint) -> Bool {
        guard let number = paths[AddressPair(source, destination)]?.association else { return false }
        return associations[number].map { $0.memory > 0 } ?? false
    }

    // MARK: - STUN

    private func observe(
        stun bytes: RawSpan, from source: Endpoint, in pair: AddressPair, _ path: inout PeerPath,
        _ out: inout [ObservedMessage]
    ) {
        var message = STUNMessage()
        var observed = ObservedMessage(.datagram, STUNMessage.self)
        if message.read(borrowing: bytes) {
            observed.isRemarkable = STUNMessage.inspect(bytes) != .plain
            if message.type.messageClass == .request, let name = message[.username]?.text?.string(in: bytes) {
                let isNew = path.session == nil
                path.note(username: name, from: source, in: pair)
                if isNew, let text = names(of: path, from: source, in: pair) {
                    observed.findings.append(Finding(.info, path: "", text))
                }
            }
            if STUNIntegrity.hasFingerprint(bytes) == false {
                let text = "FINGERPRINT does not fit the message, which receivers then drop"
                observed.findings.append(Finding(.warning, path: "attributes", text))
            }
        } else {
            observed.kind = .malformed
            if let error = STUNMessage.check(bytes) {
                observed.findings.append(Finding(.violation, path: error.path, "malformed: \(error.description)"))
            }
        }
        out.append(observed)
    }

    /// Returns a text with the peers of the session on a path; nil if no signaling names one.
    private func names(of path: PeerPath, from source: Endpoint, in pair: AddressPair) -> String? {
        guard let low = path.lowUfrag, let high = path.highUfrag else { return nil }
        let (own, other) = source == pair.low ? (low, high) : (high, low)
        let sender = peers[own]?.own ?? peers[other]?.other
        let receiver = peers[other]?.own ?? peers[own]?.other
        guard sender != nil || receiver != nil else { return nil }
        return "the session of peers \(sender ?? "?") and \(receiver ?? "?"), by its offer and answer"
    }

    // MARK: - DTLS

    private static func refused(_ range: Range<Int>, of bytes: RawSpan) -> ObservedMessage {
        var observed = ObservedMessage(.malformed, DTLSRecord.self)
        observed.range = range.count == bytes.byteCount ? nil : range
        observed.place = LayerPlace(LayerName.dtls, of: LayerName.dtls)
        if let error = DTLSRecord.check(bytes.extracting(range)) {
            observed.findings = [Finding(.warning, path: error.path, "malformed: \(error.description)")]
        } else {
            observed.findings = [Finding(.warning, path: "version", "a record of another version than 1.0 or 1.2")]
        }
        return observed
    }
    private mutating func receive(
        _ record: RawSpan, _ range: Range<Int>, of count: Int, from source: Endpoint, to destination: Endpoint,
        _ number: Int, in pair: AddressPair, _ path: inout PeerPath, _ out: inout [ObservedMessage]
    ) {
        units += 1
        var observed = FollowedAssociation.record(range, of: count, unit: units)
        var remark = find(record, from: source, to: destination, in: pair, &path)
        guard var (id, association) = take(path) else { return out.append(observed) }
        var side = path.side(source, in: pair)
        var content: [UInt8] = []
        var result = association.dtls.receive(record, from: side, into: &content)
        if case .sealed = result {
            path.failures += 1
            if let other = search(record, besides: id, path), var right = associations.removeValue(forKey: other.number)
            {
                put(association, id)
                path.bind(other.number, sender: source, as: other.side, in: pair)
                remark = Self.moved(right, "by its keys")
                (id, association, side) = (other.number, right, other.side)
                held -= right.memory
                result = right.dtls.receive(record, from: side, into: &content)
                association = right
            }
        } else {
            path.failures = 0
        }
        association.lastUsed = clock
        association.ends = side == .us ? (source, destination) : (destination, source)
        if case .sealed = result { observed.place?.isSealed = true }
        if case .repeated = result { observed.isRepeated = true }
        observed.place?.remark = remark ?? association.dtls.remark
        out.append(observed)
        association.observe(
            result, content, .init(number: number, side: side, unit: units, count: record.byteCount), channels,
            units: &units, into: &out)
        put(association, id)
        if held > limit { giveUp(&out) }
    }
    /// Binds a path to the association of a record, or to a new one. Returns a remark if the association has moved.
    private mutating func find(
        _ record: RawSpan, from source: Endpoint, to destination: Endpoint, in pair: AddressPair,
        _ path: inout PeerPath
    ) -> String? {
        let random = DTLSAssociation.clientRandom(of: record)
        if let known = path.association, let association = associations[known] {
            let old = association.dtls.clientRandom
            guard let random, !old.isEmpty, old != random else { return nil }
        } else if random == nil {
            if let session = path.session, let known = sessions[session], let association = associations[known] {
                let ufrag = source == pair.low ? path.lowUfrag : path.highUfrag
                path.bind(known, sender: source, as: ufrag == association.ufrag ? .us : .them, in: pair)
                return Self.moved(association, "by its ufrags")
            }
            if let found = search(record, besides: nil, path), let association = associations[found.number] {
                path.bind(found.number, sender: source, as: found.side, in: pair)
                return Self.moved(association, "by its keys")
            }
        }
        if associations.count >= Self.associationLimit { forgetAssociations() }
        last += 1
        var association = FollowedAssociation(secrets, from: source, to: destination)
        association.ufrag = source == pair.low ? path.lowUfrag : path.highUfrag
        association.lastUsed = clock
        associations[last] = association
        path.bind(last, sender: source, as: .us, in: pair)
        if let session = path.session { sessions[session] = last }
        return nil
    }
    private static func moved(_ association: FollowedAssociation, _ why: String) -> String {
        "continues the association of \(association.ends.us) and \(association.ends.them), known \(why)"
    }
    /// Returns the association whose keys decrypt a record, and the side of the sender.
    private mutating func search(
        _ record: RawSpan, besides id: Int?, _ path: PeerPath
    ) -> (number: Int, side: Opener)? {
        guard DTLSAssociation.isEncrypted(record),
            path.failures < Self.failureLimit || path.failures % Self.failureLimit == 0
        else { return nil }
        let recent = associations.sorted { $0.value.lastUsed > $1.value.lastUsed }.prefix(Self.searchLimit)
        for (number, association) in recent where number != id && association.dtls.hasKeys {
            if let side = associations[number]?.dtls.sender(of: record) { return (number, side) }
        }
        return nil
    }
    /// Takes an association out, so that it is changed in place.
    private mutating func take(_ path: PeerPath) -> (Int, FollowedAssociation)? {
        guard let id = path.association, let association = associations.removeValue(forKey: id) else { return nil }
        held -= association.memory
        return (id, association)
    }
    private mutating func put(_ association: FollowedAssociation, _ id: Int) {
        held += association.memory
        associations[id] = association
    }

    // MARK: - Limits

    /// Gives up the incomplete messages of the association that was silent longest.
    private mutating func giveUp(_ out: inout [ObservedMessage]) {
        let oldest = associations.filter { $0.value.memory > 0 }.min { $0.value.lastUsed < $1.value.lastUsed }
        guard let id = oldest?.key, var association = associations.removeValue(forKey: id) else { return }
        held -= association.memory
        association.giveUp(channels, into: &out)
        put(association, id)
    }
    /// Forgets a quarter of the associations.
    private mutating func forgetAssociations() {
        let old = associations.sorted { $0.value.lastUsed < $1.value.lastUsed }.prefix(Self.associationLimit / 4)
        for (id, association) in old {
            held -= association.memory
            associations[id] = nil
        }
        sessions = sessions.filter { associations[$0.value] != nil }
    }
    /// Forgets a quarter of the address pairs.
    private mutating func forgetPaths() {
        for (pair, _) in paths.sorted(by: { $0.value.lastUsed < $1.value.lastUsed }).prefix(Self.pathLimit / 4) {
            paths[pair] = nil
        }
    }
}
