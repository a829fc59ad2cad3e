import Node
import Wire

/// A passive observer of one connection between a client and a hub. It judges the hub's statements about itself, and
/// answers that fit no question. A hub answers in the order of the questions.
struct ClientObserver: Observer {
    /// An answer that is expected.
    private enum Due: Equatable {
        case pong
        /// An error for a type, in the form that JavaScript writes.
        case error(String)
    }
    private var due: [Due] = []
    private var id: String?
    /// True if some messages were not seen.
    private var isUnsure = false
    private var hasBegun = false
    /// True after goodbye: some hubs then answer nothing more.
    private var isGone = false
    /// The maximum number of expected answers; further ones are not judged.
    private static let limit = 1 << 12
    private static let front = "Signaling server does not route '"
    private static let back = "' messages. Use WebRTC data channels for peer-to-peer communication."

    mutating func miss() {
        isUnsure = true
        due = []
    }
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard sender == .them else {
            if isGood { ask(type, bytes, into: &findings) } else { miss() }
            return
        }
        let isFirst = !hasBegun
        hasBegun = true
        guard isGood else { return }
        if isFirst, !isUnsure, !(type is Connected.Type) {
            tell(.hub01, "type", "the hub begins with another message", into: &findings)
        }
        switch type {
        case is Connected.Type: connected(bytes, isFirst, into: &findings)
        case is Pong.Type: pong(bytes, into: &findings)
        case is HubError.Type: error(bytes, into: &findings)
        default: break
        }
    }
    private mutating func ask(_ type: any Message.Type, _ bytes: RawSpan, into findings: inout [Finding]) {
        guard due.count < Self.limit else { return miss() }
        switch type {
        case is Ping.Type: due.append(.pong)
        case is Goodbye.Type: isGone = true
        case is Offer.Type, is Answer.Type, is Candidate.Type: signal(bytes, into: &findings)
        case is Announce.Type, is PeerDiscovered.Type, is Cleanup.Type: break
        default:
            var message = Unrouted()
            guard message.read(borrowing: bytes) else { return miss() }
            due.append(.error(message.type.map { Voice.string($0.value(in: bytes)) } ?? "undefined"))
        }
    }
    private func signal(_ bytes: RawSpan, into findings: inout [Finding]) {
        guard let message = Envelope.read(bytes) else { return }
        if message.targetPeerID == nil { tell(.hub95, "targetPeerId", "no target", into: &findings) }
        if message.networkName == nil { tell(.hub95, "networkName", "no network", into: &findings) }
    }
    private mutating func connected(_ bytes: RawSpan, _ isFirst: Bool, into findings: inout [Finding]) {
        var message = Connected()
        guard message.read(borrowing: bytes) else { return }
        if !isFirst, !isUnsure { tell(.hub01, "type", "the connection was accepted before", into: &findings) }
        let name = message.data?.peerID?.string(in: bytes)
        if name.flatMap({ PeerID($0) }) == nil {
            tell(.hub01, "data.peerId", "no id of 40 hexadecimal digits", into: &findings)
        }
        id = name
        if message.fromPeerID?.string(in: bytes) != Voice.system {
            tell(.hub06, "fromPeerId", "not from system", into: &findings)
        }
        if message.timestamp == nil { tell(.hub06, "timestamp", "no time", into: &findings) }
    }
    private mutating func pong(_ bytes: RawSpan, into findings: inout [Finding]) {
        var message = Pong()
        guard message.read(borrowing: bytes) else { return }
        if message.data?.timestamp == nil { tell(.hub34, "data.timestamp", "no time", into: &findings) }
        let target = message.targetPeerID?.string(in: bytes)
        if let id, target != id { tell(.hub34, "targetPeerId", "the client is \(id)", into: &findings) }
        guard let at = due.firstIndex(of: .pong) else {
            if !isUnsure { tell(.hub34, "type", "nobody asked", into: &findings) }
            return
        }
        // Errors before it may be missing, because other hubs never send them.
        due.removeFirst(at + 1)
    }
    private mutating func error(_ bytes: RawSpan, into findings: inout [Finding]) {
        var message = HubError()
        guard message.read(borrowing: bytes) else { return }
        let text = message.error?.string(in: bytes) ?? ""
        guard text.hasPrefix(Self.front), text.hasSuffix(Self.back), text.utf8.count >= Self.fixed else {
            return tell(.hub36, "error", "not the text of a hub", into: &findings)
        }
        let type = String(
            decoding: text.utf8.dropFirst(Self.front.utf8.count).dropLast(Self.back.utf8.count), as: UTF8.self)
        // A JSON value that is not an object has no type. It is not a message, so this observer did not see it.
        guard let at = due.firstIndex(of: .error(type)) else {
            if !isUnsure, type != "undefined" {
                tell(.hub36, "error", "no peer sent \(type) before", into: &findings)
            }
            return
        }
        if !isUnsure, !isGone, due[..<at].contains(.pong) {
            tell(.hub34, "type", "a ping before it was not answered", into: &findings)
        }
        due.removeFirst(at + 1)
    }
    private static let fixed = front.utf8.count + back.utf8.count
    private func tell(_ rule: PigeonRule, _ path: String, _ text: String, into findings: inout [Finding]) {
        findings.append(Finding(rule.severity, of: rule, path: path, text))
    }
}
