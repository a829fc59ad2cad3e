public import Node
import Wire

/// One end of a WebSocket connection (RFC 6455, RFC 7692) without I/O. It takes bytes and the time, and returns
/// messages and bytes to send.
///
/// Whole messages are passed on as made bytes. Their kind is the opcode (1 text, 2 binary). The session answers pings.
/// Any violation ends the connection with the close code of section 7.4 for it.
public struct Session: LayerEnd {
    /// The state of the connection.
    public enum State: Equatable, Sendable {
        /// The heads are being exchanged.
        case connecting
        case open
        /// A Close frame was sent, and the peer's Close frame is missing.
        case closing
        /// A fault of the peer was reported, or its request was refused. Further bytes of the peer are dropped.
        case failing
        /// Both Close frames were sent, and the server must close the connection.
        case ending
        case closed
    }
    /// The opening handshake of this end.
    public enum Handshake: Sendable {
        case client(ClientHandshake)
        case server(ServerHandshake)
    }
    public let role: Role
    public internal(set) var state = State.connecting
    /// The agreement; nil before it.
    public internal(set) var agreed: Agreement?
    let handshake: Handshake
    let limits: Limits
    /// The fault of this end; nil without one.
    let bug: Misbehaviour?
    /// The source of masking keys. RFC 6455 requires unpredictable keys (section 5.3), and tests need keys that follow
    /// from a seed. The creator of the seed decides.
    var random: Random
    /// The time when the state ends at the latest.
    public internal(set) var deadline: Instant?
    var reader: MessageReader
    var deflater: Deflater?
    /// True if messages are sent compressed.
    var compresses = false

    /// The number of sent bytes that still wait for the peer.
    var unsent = 0

    /// An incomplete head, or an incomplete header of a frame.
    var pending: [UInt8] = []
    var head = HeadEnd()
    /// The frame whose payload is incomplete, and the number of payload bytes so far.
    var frame: FrameHeader?
    var done = 0
    /// The payload of a control frame.
    var control: [UInt8] = []
    /// A buffer that each compressed message uses again.
    var packed: [UInt8] = []

    /// Creates one end of a new connection.
    public init(_ handshake: Handshake, _ limits: Limits = Limits(), random: Random) {
        self.init(handshake, limits, random: random, bug: nil)
    }
    /// Creates one end of a new connection with a fault.
    init(_ handshake: Handshake, _ limits: Limits = Limits(), random: Random, bug: Misbehaviour?) {
        self.handshake = handshake
        self.limits = limits
        self.bug = bug
        self.random = random
        if case .client = handshake { role = .client } else { role = .server }
        reader = MessageReader(from: role.peer, limits, nil, checksText: true, bug: bug)
    }

    /// Begins the connection. A client sends its request.
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        deadline = now + limits.handshake
        if case .client(let client) = handshake { turn.down += client.request.encoded() }
    }
    /// Takes the next bytes, cut anywhere. Returns the number of used bytes: it stops after the head and after each
    /// message.
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        guard state == .connecting else { return read(bytes, at: now, into: &up, in: &turn) }
        let before = pending.count
        pending.append(bytes)
        var search = head
        let found = search.find(pending.span.bytes, limit: limits.head)
        head = search
        switch found {
        case .needMore: break
        case .tooLong: refuse(HandshakeError(HeadEnd.tooLong(limits.head), status: 431), now, &turn)
        case .bareLF(let offset): refuse(HandshakeError(HeadEnd.bareLF(offset), status: 400), now, &turn)
        case .head(let length):
            var all: [UInt8] = []
            swap(&all, &pending)
            if let bug {
                let heard = bug.heard(Array(all[..<length]))
                agree(heard.span.bytes, at: now, into: &up, in: &turn)
            } else {
                agree(all.span.bytes.extracting(0..<length), at: now, into: &up, in: &turn)
            }
            return length - before
        }
        return bytes.byteCount
    }
    /// Handles the end of the connection below.
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) {
        guard state != .closed else { return }
        if state == .connecting || state == .open || state == .closing {
            turn.report("closed", ClosePayload(.abnormal))
        }
        over()
    }
    /// Handles the deadline of a state.
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        guard let due = deadline, due <= now else { return }
        switch state {
        case .connecting:
            if role == .server, !pending.isEmpty {
                return refuse(HandshakeError("no whole request in time", status: 408), now, &turn)
            }
            turn.report("closed", ClosePayload(.abnormal))
        case .closing: turn.report("closed", ClosePayload(.abnormal))
        case .open: return fail(.unread, now, &turn)
        case .failing, .ending, .closed: break
        }
        end(&turn)
    }

    /// Takes the number of sent bytes that still wait for the peer.
    public mutating func unsent(_ bytes: Int, now: Instant) {
        let before = unsent
        unsent = bytes
        guard state == .open else { return }
        if bytes == 0 { deadline = nil } else if before == 0 || bytes < before { deadline = now + limits.unread }
    }

    /// Closes the connection below.
    mutating func end(_ turn: inout LayerTurn) {
        turn.isOver = true
        over()
    }
    /// Enters the last state and frees memory.
    private mutating func over() {
        state = .closed
        deadline = nil
        (pending, control, packed) = ([], [], [])
        (frame, deflater) = (nil, nil)
        reader.lose()
    }
}

// The opening handshake.
extension Session {
    /// Handles the complete head of the peer.
    private mutating func agree(
        _ bytes: RawSpan, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) {
        do throws(HandshakeError) {
            let agreed: Agreement
            switch handshake {
            case .client(let client):
                agreed = try client.check(try Self.parse(UpgradeResponse.self, bytes), in: bytes)
            case .server(let server):
                let request = try Self.parse(Upgrade.self, bytes)
                if let plain = server.plain(request, in: bytes) {
                    over()
                    return up.append(.becomes(plain))
                }
                let (response, agreement) = try server.accept(request, in: bytes)
                turn.down += response.encoded()
                agreed = agreement
            }
            self.agreed = agreed
            reader = MessageReader(from: role.peer, limits, agreed.deflate, checksText: true, bug: bug)
            compresses = agreed.deflate != nil
            state = .open
            deadline = nil
            up.append(.begins(.first, by: .us, speaks: agreed.speaks))
            turn.events.append(
                Event(
                    "opened", nil,
                    [
                        .init("target", .text(agreed.target)),
                        .init("subprotocol", agreed.subprotocol.map { .text($0) } ?? .null),
                        .init("deflate", .bool(agreed.deflate != nil)),
                    ]))
        } catch {
            refuse(error, now, &turn)
        }
    }
    private static func parse<M: Message>(_: M.Type, _ bytes: RawSpan) throws(HandshakeError) -> M {
        var head = M()
        if head.read(borrowing: bytes) { return head }
        throw M.check(bytes).map { HandshakeError($0, status: 400) } ?? HandshakeError("refused")
    }
    /// Refuses the handshake. A server answers with the reason; a client closes.
    private mutating func refuse(_ error: HandshakeError, _ now: Instant, _ turn: inout LayerTurn) {
        turn.events.append(Event("refused", nil, [.init("reason", .text(error.description))]))
        pending = []
        guard role == .server else { return end(&turn) }
        var (response, text) = (ServerHandshake.refusal(error), [UInt8]())
        if case .server(let server) = handshake { (response, text) = server.refusal(of: error) }
        bug?.spoil(&response, key: "")
        turn.down += response.encoded() + text
        state = .failing
        deadline = now + limits.linger
    }
}

extension HandshakeError {
    /// Reports a malformed head.
    init(_ error: WireError, status: Int) {
        self.init(
            error.legal?.description ?? "\(error.reason.rawValue), has \(error.had)", path: error.path,
            at: error.offset,
            status: status)
    }
}

extension LayerTurn {
    mutating func report(_ name: String, _ close: ClosePayload) {
        status = CloseStatus(
            close.code.rawValue, String(decoding: close.reason, as: UTF8.self), isFailure: name == "failed")
        events.append(
            Event(
                name, nil,
                [
                    .init("code", .uint(UInt64(close.code.rawValue))),
                    .init("reason", .text(String(decoding: close.reason, as: UTF8.self))),
                ]))
    }
}

extension [UInt8] {
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
