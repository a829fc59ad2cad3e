import Node
import Wire

/// How a hub writes its messages.
struct Voice: Sendable {
    /// What `Instant.zero` is by the calendar, in nanoseconds since 1970.
    let beginning: Int64

    func milliseconds(_ now: Instant) -> Int64 { (beginning &+ now.nanoseconds) / 1_000_000 }
    /// As documents over HTTP say it: ISO 8601 with milliseconds, in UTC.
    func date(_ now: Instant) -> String { CalendarTime(milliseconds: milliseconds(now)).description }
    private func json(_ now: Instant) -> JSONValue { JSONValue(Value(milliseconds(now))) ?? JSONValue() }
    static func text(_ text: String) -> JSONValue { JSONValue(.text(text)) ?? JSONValue() }
    static let system = "system"

    func connected(_ peer: PeerID, _ now: Instant) -> [UInt8] {
        var message = Connected()
        message.data = PeerName()
        message.data?.peerID = Text(peer.text)
        message.fromPeerID = Text(Self.system)
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    /// `target` nil: to hubs.
    func discovered(
        _ peer: PeerID, _ announced: Announced, cachedAt: Instant? = nil, _ network: NetworkName, to target: PeerID?,
        _ now: Instant
    ) -> [UInt8] {
        var message = PeerDiscovered()
        var members = announced.members(of: peer)
        if let cachedAt { members.append(.init("cachedAt", Value(milliseconds(cachedAt)))) }
        message.data = JSONValue(.map(members))
        message.networkName = network.json
        message.fromPeerID = Self.text(Self.system)
        message.targetPeerID = target.map { Self.text($0.text) }
        message.timestamp = json(now)
        return message.encoded()
    }
    /// With a reason it is said to all (form 1) or to hubs (form 3, which has a network, too); without, to the members of
    /// a network (form 2).
    func disconnected(
        _ peer: PeerID, isHub: Bool, reason: String?, _ network: NetworkName?, to target: PeerID?, _ now: Instant
    ) -> [UInt8] {
        var message = PeerDisconnected()
        var data = Departure()
        data.peerID = Text(peer.text)
        data.isHub = isHub
        data.reason = reason.map { Text($0) }
        if reason != nil { data.timestamp = milliseconds(now) }
        message.data = data
        message.networkName = network?.json
        message.fromPeerID = Self.text(Self.system)
        message.targetPeerID = target.map { Text($0.text) }.map { Self.text($0.string(in: RawSpan())) }
        message.timestamp = json(now)
        return message.encoded()
    }
    func pong(_ peer: PeerID, _ now: Instant) -> [UInt8] {
        var message = Pong()
        message.data = Moment()
        message.data?.timestamp = milliseconds(now)
        message.fromPeerID = Text(Self.system)
        message.targetPeerID = Text(peer.text)
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    func error(_ type: Value?, _ now: Instant) -> [UInt8] {
        var message = HubError()
        let name = type.map(Self.string) ?? "undefined"
        message.error = Text(
            "Signaling server does not route '\(name)' messages. Use WebRTC data channels for peer-to-peer communication."
        )
        message.timestamp = milliseconds(now)
        return message.encoded()
    }
    /// The signal as it is handed on: of its sender, at this time, without what hubs do not know.
    func signal<K: SignalKind>(
        _ signal: Signal<K>, from sender: JSONValue, _ network: NetworkName, in packet: RawSpan, _ now: Instant
    ) -> [UInt8] {
        var message = Signal<K>()
        message.data = signal.data
        message.fromPeerID = sender
        message.targetPeerID = signal.targetPeerID
        message.networkName = network.json
        message.timestamp = json(now)
        return message.encoded(from: packet)
    }
    func goodbye(
        _ goodbye: Goodbye, of peer: PeerID, _ network: NetworkName, in packet: RawSpan, _ now: Instant
    ) -> [UInt8] {
        var message = Goodbye()
        message.data = goodbye.data
        message.fromPeerID = Self.text(peer.text)
        message.targetPeerID = goodbye.targetPeerID
        message.networkName = network.json
        message.timestamp = json(now)
        return message.encoded(from: packet)
    }
    /// What JavaScript's `String` makes of a value.
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

/// What a peer announced of itself.
struct Announced: Sendable {
    var isHub: Bool
    var data: Value?
    /// What it announced may not stand for what it is.
    var isTrueFirst: Bool

    /// `data` of `peer-discovered`.
    func members(of peer: PeerID) -> [Value.Entry] {
        let own = [Value.Entry("peerId", .text(peer.text)), Value.Entry("isHub", .bool(isHub))]
        var out = own
        for entry in Self.entries(data) {
            if let i = out.firstIndex(where: { $0.key == entry.key }) {
                if i >= own.count || !isTrueFirst { out[i] = entry }
            } else {
                out.append(entry)
            }
        }
        return out
    }
    /// Members; of a list its elements, of a text its characters, by their numbers.
    private static func entries(_ data: Value?) -> [Value.Entry] {
        switch data {
        case .map(let entries)?: entries
        case .list(let items)?: items.enumerated().map { .init("\($0.offset)", $0.element) }
        case .text(let text)?: text.enumerated().map { .init("\($0.offset)", .text(String($0.element))) }
        default: []
        }
    }
}
