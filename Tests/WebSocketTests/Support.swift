import Node
import Wire

@testable import WebSocket

/// Returns bytes from hexadecimal text with spaces.
func hex(_ text: String) -> [UInt8] { [UInt8](hex: text.filter { $0 != " " }) ?? [] }
/// Returns the bytes of text.
func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A received message.
struct Received: Equatable {
    var opcode: Opcode
    var bytes: [UInt8]
    init(_ opcode: Opcode, _ bytes: [UInt8]) { (self.opcode, self.bytes) = (opcode, bytes) }
    init(_ text: String) { self.init(.text, utf8(text)) }
}

/// A session with its received messages and its sent bytes.
struct End {
    var session: Session
    var messages: [Received] = []
    var events: [Event] = []
    var sent: [UInt8] = []
    var isOver = false
    var now = Instant.zero
    private var up = LayerOutput()

    init(_ session: Session) { self.session = session }
    static func server(
        _ deflate: DeflateNegotiation? = nil, _ limits: Limits = Limits(), subprotocols: [String] = []
    ) -> End {
        var server = ServerHandshake()
        (server.deflate, server.subprotocols) = (deflate, subprotocols)
        return End(Session(.server(server), limits, random: Random(seed: 1)))
    }
    static func client(
        _ deflate: DeflateNegotiation? = nil, _ limits: Limits = Limits(), subprotocols: [String] = []
    ) -> End {
        var random = Random(seed: 2)
        var client = ClientHandshake(&random)
        (client.host, client.target, client.deflate, client.subprotocols) =
            ("server.example", "/chat", deflate, subprotocols)
        return End(Session(.client(client), limits, random: random))
    }
    /// Returns a client and a server after their handshake, without the messages of the handshake.
    static func pair(
        _ offered: DeflateNegotiation? = nil, _ wanted: DeflateNegotiation? = nil, _ limits: Limits = Limits()
    ) -> (client: End, server: End) {
        var (client, server) = (End.client(offered, limits), End.server(wanted, limits))
        client.begin()
        server.begin()
        server.receive(client.take())
        client.receive(server.take())
        return (client, server)
    }

    mutating func begin() { turn { $0.begin(now: $1, &$2) } }
    /// Receives bytes in pieces.
    mutating func receive(_ bytes: [UInt8], pieces: Int = .max) {
        var at = 0
        while at < bytes.count {
            let end = pieces < bytes.count - at ? at + pieces : bytes.count
            while at < end {
                up.clear()
                var turn = LayerTurn()
                at += session.receive(bytes.span.bytes.extracting(at..<end), now: now, &up, &turn)
                keep(turn)
                var message: [UInt8] = []
                for item in up.items {
                    if case .whole(_, let kind) = item {
                        messages.append(Received(Opcode(rawValue: kind), message))
                        message = []
                    } else {
                        message += up.withBytes(of: item, in: RawSpan()) { [UInt8]($0) }
                    }
                }
            }
        }
    }
    mutating func send(_ message: Received) {
        turn { $0.send(message.bytes.span.bytes, message.opcode, &$2) }
    }
    mutating func turn(_ body: (inout Session, Instant, inout LayerTurn) -> Void) {
        var turn = LayerTurn()
        body(&session, now, &turn)
        keep(turn)
    }
    private mutating func keep(_ turn: LayerTurn) {
        sent += turn.down
        events += turn.events
        isOver = isOver || turn.isOver
    }
    /// Returns the bytes that were sent since the last call.
    mutating func take() -> [UInt8] {
        defer { sent = [] }
        return sent
    }
    /// Returns the code of the last event with this name.
    func close(_ name: String = "closed") -> CloseCode? {
        guard let event = events.last(where: { $0.name == name }) else { return nil }
        return Value.map(event.details)["code"]?.integer.map { CloseCode(rawValue: UInt16(truncatingIfNeeded: $0)) }
    }
    /// Returns the frames that were sent since the last call.
    mutating func takeFrames() -> [Frame] { frames(take()) }
}

/// Returns the frames of a stream.
func frames(_ bytes: [UInt8]) -> [Frame] {
    var out: [Frame] = []
    var at = 0
    while at < bytes.count {
        let rest = bytes.span.bytes.extracting(at..<bytes.count)
        guard case .message(_, let length) = Frame.prefix(of: rest),
            let frame = try? Frame(copying: rest.extracting(0..<length))
        else { return out }
        out.append(frame)
        at += length
    }
    return out
}

/// Returns a masked frame of a client.
func masked(_ opcode: Opcode, _ payload: [UInt8], fin: UInt8 = 1, _ change: (inout Frame) -> Void = { _ in }) -> [UInt8]
{
    var frame = Frame(opcode, payload, key: Fixed<4>([0x37, 0xfa, 0x21, 0x3d]))
    frame.header.fin = fin
    change(&frame)
    return frame.encoded()
}

/// Random numbers from a seed.
struct Seeded {
    fileprivate var random: Random
    init(_ seed: UInt64) { random = Random(seed: seed) }
    /// Returns a number from 0 to below `n`.
    mutating func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
    mutating func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}

extension Seeded {
    /// Returns the key of a new client.
    mutating func key() -> String { ClientHandshake(&random).key }
}
