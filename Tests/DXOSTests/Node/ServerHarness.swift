import Node
import Wire

@testable import DXOS

/// A server in virtual time without its layers, and the messages that it sent on each connection.
struct ServerHarness {
    var node: SignalServer
    var now = Instant.zero
    var closed: Set<LinkID> = []
    private(set) var events: [String] = []
    private var said: [LinkID: [[UInt8]]] = [:]

    init(
        _ values: [String: String] = [:], profile: String = "v1", bug: String? = nil, hosts: [Endpoint] = []
    ) throws {
        let settings = try Definition.dxos.settings(profile: profile, values)
        let options = NodeOptions(settings, random: Random(seed: 1), peers: hosts, bug: bug)
        node = SignalServer(options)
    }
    private mutating func call(_ body: (inout SignalServer, Instant, inout [Action]) -> Void) {
        var out: [Action] = []
        body(&node, now, &out)
        for action in out {
            switch action {
            case .send(let link, let bytes): said[link, default: []].append(bytes)
            case .close(let link, _): closed.insert(link)
            case .report(let event): events.append(event.name)
            default: break
            }
        }
    }
    mutating func open(_ link: UInt64, to host: Endpoint? = nil) {
        call { $0.opened(LinkID(link), peer: host ?? .loopback(9), by: host == nil ? .them : .us, now: $1, &$2) }
    }
    mutating func fail(_ host: Endpoint) { call { $0.unreachable(host, now: $1, &$2) } }
    /// Returns the rows of an answer: the values of each row, joined by spaces.
    func rows(_ question: String) -> [String] {
        guard case .list(let rows)? = node.answer(question, [], now: now) else { return [] }
        return rows.map { row in
            guard case .map(let entries) = row else { return "\(row)" }
            return entries.map { entry in
                switch entry.value {
                case .bytes(let bytes): bytes.hex
                case .text(let text): text
                case .null: "-"
                default: "\(entry.value)"
                }
            }.joined(separator: " ")
        }
    }
    mutating func lose(_ link: UInt64) { call { $0.closed(LinkID(link), now: $1, &$2) } }
    mutating func hear(_ bytes: [UInt8], _ link: UInt64, kind: UInt8 = 2) {
        call { $0.received(bytes.span.bytes, kind: kind, on: LinkID(link), now: $1, &$2) }
    }
    /// Advances the time, and wakes the node at its deadlines.
    mutating func pass(_ time: Duration) {
        let end = now + time
        while let due = node.deadline, due <= end {
            now = max(now, due)
            call { $0.wake(now: $1, &$2) }
        }
        now = end
    }
    /// Returns the messages on a connection since the last call.
    mutating func take(_ link: UInt64) -> [[UInt8]] { said.removeValue(forKey: LinkID(link)) ?? [] }
    /// Returns the responses in a short form: `0 ready`, `0 +a1` for a present peer, `0 -a1` for a peer that left.
    mutating func responses(_ link: UInt64) -> [String] {
        take(link).map { bytes in
            guard let response = (try? Response(copying: bytes))?.response else { return bytes.hex }
            let id = "\(response.id ?? 0)"
            if let payload = response.payload {
                if let peer = payload.swarmEvent?.peerAvailable?.peer { return "\(id) +\(peer.array().hex)" }
                if let peer = payload.swarmEvent?.peerLeft?.peer { return "\(id) -\(peer.array().hex)" }
                if let message = payload.message {
                    return "\(id) \(message.author?.array().hex ?? "")>\(message.recipient?.array().hex ?? "")"
                }
                return "\(id) done"
            }
            if response.error != nil { return "\(id) error" }
            if response.close != nil { return "\(id) close" }
            return response.streamReady != nil ? "\(id) ready" : "\(id) nothing"
        }
    }
    mutating func call(_ id: Int32, _ method: String, stream: Bool, _ value: [UInt8]?, _ link: UInt64) {
        var request = RequestContent()
        if id != 0 { request.id = id }
        request.method = Text("dxos.mesh.signal.Signal." + method)
        if stream { request.stream = true }
        if let value {
            var payload = Payload()
            payload.value = Bytes(value)
            request.payload = payload
        }
        hear(Request(request).encoded(), link)
    }
    mutating func join(_ id: Int32, _ swarm: UInt8, _ peer: UInt8, _ link: UInt64) {
        call(id, "Join", stream: true, [0x0a, 1, swarm, 0x12, 1, peer], link)
    }
    mutating func receive(_ id: Int32, _ peer: UInt8, _ link: UInt64) {
        call(id, "ReceiveMessages", stream: true, [0x0a, 1, peer], link)
    }
    mutating func send(_ id: Int32, _ author: UInt8, _ recipient: UInt8, _ link: UInt64, rest: [UInt8] = []) {
        call(id, "SendMessage", stream: false, [0x0a, 1, author, 0x12, 1, recipient] + rest, link)
    }
    mutating func close(_ id: Int32, _ link: UInt64) {
        var content = StreamCloseContent()
        content.id = id
        var close = StreamClose()
        close.streamClose = content
        hear(close.encoded(), link)
    }
}
