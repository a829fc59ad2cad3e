import Node
import Wire

/// The encoding of a hub's messages.
struct Voice: Sendable {
    /// The date of `Instant.zero`, in nanoseconds since 1970.
    let beginning: Int64
    /// True if form 1 of `peer-disconnected` includes whether the peer was a hub.
    let tellsWhetherHub: Bool
    /// The seeded fault.
    var bug: Misbehaviour?

    /// The last time that was written, and its JSON text.
    private var told: (milliseconds: Int64, json: JSONValue) = (.min, JSONValue())

    init(beginning: Int64, tellsWhetherHub: Bool = true, bug: Misbehaviour? = nil) {
        (self.beginning, self.tellsWhetherHub, self.bug) = (beginning, tellsWhetherHub, bug)
    }
    /// Prepares the time for the next messages, so that its text is created once.
    mutating func prepare(_ now: Instant) {
        let time = milliseconds(now)
        if told.milliseconds != time { told = (time, json(now)) }
    }
    func milliseconds(_ now: Instant) -> Int64 {
        let time = (beginning &+ now.nanoseconds) / 1_000_000
        return bug == .timesInSeconds ? time / 1000 : bug == .clockIsAhead ? time + 60_000 : time
    }
    /// Returns the time for documents over HTTP: ISO 8601 with milliseconds, in UTC.
    func date(_ now: Instant) -> String { CalendarTime(nanoseconds: milliseconds(now) &* 1_000_000).text(decimals: 3) }
    private func json(_ now: Instant) -> JSONValue {
        let time = milliseconds(now)
        return time == told.milliseconds ? told.json : JSONValue(Value(time)) ?? JSONValue()
    }
    static func text(_ text: String) -> JSONValue { JSONValue(.text(text)) ?? JSONValue() }
    static let system = "system"
    private static let systemJSON = text(system)

    func connected(_ peer: PeerID, _ now: Instant) -> [UInt8] {
        var message = Connected()
        message.data = PeerName()
        message.data?.peerID = Text(bug == .foldsCase ? peer.text.lowercased() : peer.text)
        if bug != .senderMissing { message.fromPeerID = Text(Self.system) }
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    /// Returns `peer-discovered`; `target` is nil for a message to hubs.
    func discovered(
        _ announced: Announced, cachedAt: Instant? = nil, _ network: JSONValue, to target: PeerID?,
        about peer: PeerID, _ now: Instant
    ) -> [UInt8] {
        var message = PeerDiscovered()
        let text = cachedAt.map { announced.text(cachedAt: milliseconds($0)) } ?? announced.text
        message.data = JSONValue(bytes: Bytes(text))
        message.networkName = network
        message.fromPeerID = bug == .discoveryFromPeer ? peer.json : Self.systemJSON
        if bug != .discoveryWithoutTarget { message.targetPeerID = target?.json }
        message.timestamp = json(now)
        return message.encoded()
    }
    /// Returns `peer-disconnected`. With a reason it is for all peers (form 1), or for hubs if it also has a network
    /// (form 3). Without a reason it is for the members of a network (form 2).
    func disconnected(
        _ peer: PeerID, isHub: Bool, reason: String?, _ network: NetworkName?, to target: PeerID?, _ now: Instant
    ) -> [UInt8] {
        var message = PeerDisconnected()
        var data = Departure()
        data.peerID = Text(peer.text)
        if bug != .leavesWithoutHubFlag, tellsWhetherHub || reason == nil { data.isHub = isHub }
        data.reason = reason.map { Text($0) }
        if reason != nil { data.timestamp = milliseconds(now) }
        message.data = data
        message.networkName = network?.json
        message.fromPeerID = Self.systemJSON
        message.targetPeerID = target?.json
        message.timestamp = json(now)
        return message.encoded()
    }
    func pong(_ peer: PeerID, _ now: Instant) -> [UInt8] {
        var message = Pong()
        message.data = Moment()
        if bug != .pongWithoutTime { message.data?.timestamp = milliseconds(now) }
        message.fromPeerID = Text(Self.system)
        message.targetPeerID = Text(peer.text)
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    func error(_ type: Value?, _ now: Instant) -> [UInt8] {
        var message = HubError()
        let name = type.map(Self.string) ?? "undefined"
        message.error = Text(
            bug == .otherErrorText
                ? "Unknown message type '\(name)'"
                : "Signaling server does not route '\(name)' messages. "
                    + "Use WebRTC data channels for peer-to-peer communication.")
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    /// Returns the signal to pass on: with its sender and the present time, and without fields that hubs do not know.
    func signal(
        _ signal: Envelope, from sender: JSONValue, _ network: JSONValue, in packet: RawSpan, _ now: Instant
    ) -> [UInt8] {
        var message = Envelope()
        (message.type, message.data) = (signal.type, signal.data)
        message.fromPeerID = sender
        message.targetPeerID = signal.targetPeerID
        message.networkName = network
        message.timestamp = json(now)
        if bug != nil { spoil(&message, of: signal, in: packet) }
        return message.encoded(from: packet)
    }
    /// Changes a signal as a faulty hub does.
    private func spoil(_ message: inout Envelope, of signal: Envelope, in packet: RawSpan) {
        switch bug {
        case .keepsOtherFields: message.maxPeers = signal.maxPeers
        case .signalWithoutTarget: message.targetPeerID = nil
        case .networkNotFilled: message.networkName = signal.networkName
        case .otherDefaultNetwork where signal.networkName == nil: message.networkName = Self.text("default")
        case .absentDataIsNull: message.data = signal.data ?? JSONValue(.null)
        case .dataAsText:
            message.data = signal.data.map { data in
                Self.text(
                    data.bytes.withSpan(in: packet) { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } })
            }
        case .keepsTimestamp: message.timestamp = signal.timestamp ?? message.timestamp
        default: break
        }
    }
    /// Returns the message with this hub as the sender, for a seeded fault.
    func asOwn(_ bytes: [UInt8], _ me: PeerID) -> [UInt8] {
        guard case .map(let entries)? = JSON.parse(bytes) else { return bytes }
        var out: [UInt8] = []
        let changed = entries.map { $0.key == "fromPeerId" ? Value.Entry($0.key, .text(me.text)) : $0 }
        ValueJSON.write(.map(changed), to: &out, .numbers)
        return out
    }
    func goodbye(
        _ goodbye: Goodbye, of peer: PeerID, _ network: NetworkName, in packet: RawSpan, _ now: Instant
    ) -> [UInt8] {
        var message = Goodbye()
        message.data = goodbye.data
        message.fromPeerID = peer.json
        message.targetPeerID = goodbye.targetPeerID
        message.networkName = network.json
        message.timestamp = json(now)
        return message.encoded(from: packet)
    }
    /// Returns the text of a value like JavaScript's `String`.
    static func string(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .uint(let n): "\(n)"
        case .int(let n): "\(n)"
        case .decimal(let text), .text(let text): text
        case .bytes(let bytes): bytes.hex
        case .list(let items): items.map { $0 == .null ? "" : string($0) }.joined(separator: ",")
        case .map: "[object Object]"
        }
    }
}
