import Node
import Testing
import Wire

@testable import PeerPigeon

/// A hub without its layers in virtual time, with clients that the test controls.
struct TestHub {
    private(set) var node: Hub
    private(set) var now = Instant.zero
    private var links: [String: LinkID] = [:]
    private var names: [LinkID: String] = [:]
    private var next: UInt64 = 0
    /// The messages to each client in order, until they are taken.
    private(set) var told: [String: [Value]] = [:]
    /// The status with which the hub closed each connection.
    private(set) var closed: [String: CloseStatus] = [:]
    /// The endpoints that the hub dialed.
    private(set) var dialed: [(at: Instant, Endpoint)] = []

    init(
        _ profile: String = "robust", _ values: [String: String] = [:], bug: String? = nil, peers: [Endpoint] = [],
        listening: Endpoint? = .loopback(3001)
    ) throws {
        var options = NodeOptions(
            try Definition.peerPigeon.settings(profile: profile, values), random: Random(seed: 1),
            listening: listening, peers: peers, bug: bug)
        options.identity = [UInt8](repeating: 0xf0, count: 20)
        node = Hub(options)
        call { $0.start(now: $1, &$2) }
        pass(.seconds(2))
    }
    /// Returns 40 digits made from one or two letters, such as `A` or `B2`.
    static func id(_ name: String) -> String {
        let digits = name.lowercased().utf8.flatMap { Array(String($0, radix: 16).utf8) }
        return String(decoding: (0..<40).map { digits[$0 % digits.count] }, as: UTF8.self)
    }
    private mutating func call(_ body: (inout Hub, Instant, inout [Action]) -> Void) {
        var out: [Action] = []
        body(&node, now, &out)
        for action in out {
            switch action {
            case .send(let link, let bytes):
                if let name = names[link] { told[name, default: []].append(JSON.parse(bytes) ?? .null) }
            case .close(let link, let status):
                if let name = names[link] { closed[name] = status ?? CloseStatus(1000, "") }
            case .connect(let peer): dialed.append((now, peer))
            case .report: break
            }
        }
    }
    mutating func pass(_ time: Duration) {
        let end = now + time
        while let due = node.deadline, due <= end {
            now = max(now, due)
            call { $0.wake(now: $1, &$2) }
        }
        now = end
    }
    mutating func open(_ name: String, as id: String? = nil, target: String? = nil) {
        next += 1
        (links[name], names[LinkID(next)]) = (LinkID(next), name)
        let link = LinkID(next)
        let asked = target ?? "/?peerId=" + Self.id(id ?? name)
        call { $0.opened(link, speaks: asked, peer: .loopback(9), by: .them, now: $1, &$2) }
        if closed[name] != nil { leave(name) }
    }
    /// Reports that the hub has reached a dialed endpoint.
    mutating func reach(_ name: String, _ peer: Endpoint) {
        next += 1
        (links[name], names[LinkID(next)]) = (LinkID(next), name)
        let link = LinkID(next)
        call { $0.opened(link, speaks: "/", peer: peer, by: .us, now: $1, &$2) }
    }
    mutating func fail(_ peer: Endpoint) { call { $0.unreachable(peer, now: $1, &$2) } }
    mutating func say(_ name: String, _ text: String) { say(name, bytes: Array(Self.filled(text).utf8)) }
    mutating func say(_ name: String, bytes: [UInt8]) {
        guard let link = links[name] else { return }
        call { $0.received(bytes.span.bytes, kind: 1, on: link, now: $1, &$2) }
        if let status = closed[name] { leave(name, status) }
    }
    mutating func announce(_ name: String, _ network: String = "global", _ data: String = "{}") {
        say(name, #"{"type":"announce","networkName":"\#(network)","data":\#(data)}"#)
    }
    /// Announces the clients with these names, and forgets the messages that they received.
    mutating func join(_ names: String..., network: String = "global") {
        for name in names {
            open(name)
            announce(name, network)
        }
        clear()
    }
    mutating func joinHub(_ name: String) {
        open(name)
        announce(name, "pigeonhub-mesh", #"{"isHub":true}"#)
        clear()
    }
    mutating func leave(_ name: String, _ status: CloseStatus? = nil) {
        guard let link = links.removeValue(forKey: name) else { return }
        names[link] = nil
        call { $0.closed(link, status: status, now: $1, &$2) }
    }
    mutating func unsent(_ name: String, _ bytes: Int) {
        if let link = links[name] { call { $0.unsent(bytes, on: link, now: $1, &$2) } }
    }
    mutating func control(_ name: String) { call { _ = $0.control(name, [], now: $1, &$2) } }
    mutating func clear() { told = [:] }
    /// Returns the types of the messages to a client, in order.
    func types(_ name: String) -> [String] { (told[name] ?? []).map { Self.text($0["type"]) } }
    /// Returns a member of the first message of this type to a client, by its path.
    func said(_ name: String, _ type: String, _ path: String...) -> Value? {
        var value = told[name]?.first { Self.text($0["type"]) == type }
        for part in path { value = value?[part] }
        return value
    }
    /// Replaces `$A` by the id of A.
    private static func filled(_ text: String) -> String {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts[0])) { out, part in
            let name = part.prefix { $0.isLetter && $0.isUppercase || $0.isNumber }
            return out + id(String(name)) + part.dropFirst(name.count)
        }
    }
    static func text(_ value: Value?) -> String { if case .text(let text)? = value { text } else { "" } }
    /// Returns true if the hub answers the client with pong.
    mutating func answers(_ name: String) -> Bool {
        clear()
        say(name, #"{"type":"ping"}"#)
        return types(name) == ["pong"]
    }
}
