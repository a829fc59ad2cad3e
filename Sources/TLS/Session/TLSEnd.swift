public import Node
import Wire

/// One end of TLS: the client if this side opened the stream below, else the server.
///
/// It does no I/O: OpenSSL reads and writes memory. The channel `first` begins when the handshake is complete. Its
/// protocol is `tls/` with the application protocol, or `tls`. The secrets are added to `LayerOptions.secrets`.
public struct TLSEnd: LayerEnd {
    private let session: TLSSession?
    private let opener: Opener
    public private(set) var deadline: Instant?
    private var isOpen = false
    private var isOver = false

    /// The time limit of the handshake, from the beginning of the connection.
    public static let handshakeTime = Duration.seconds(10)

    /// Creates one end of a connection. Without a context it ends the stream as soon as the stream is open.
    public init(_ context: TLSContext?, _ options: LayerOptions) {
        opener = options.opener
        session = context.flatMap { TLSSession($0, isClient: options.opener == .us, options.secrets) }
    }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        deadline = now + Self.handshakeTime
        var up = LayerOutput()
        go(on: UnsafeRawBufferPointer(start: nil, count: 0), &up, &turn)
    }
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        bytes.withUnsafeBytes { go(on: $0, &up, &turn) }
        return bytes.byteCount
    }
    private mutating func go(on bytes: UnsafeRawBufferPointer, _ up: inout LayerOutput, _ turn: inout LayerTurn) {
        guard !isOver else { return }
        guard let session else { return fail("no context to speak TLS with", &turn) }
        let start = up.made.count
        let reading = session.receive(bytes, into: &up.made)
        session.take(into: &turn.down)
        if !isOpen, session.isOpen {
            (isOpen, deadline) = (true, nil)
            let speaks = session.applicationProtocol.map { "\(LayerName.records)/\($0)" } ?? LayerName.records
            up.append(.begins(.first, by: opener, speaks: speaks))
            turn.events.append(
                Event(
                    "secured", nil,
                    [
                        .init("version", .text(session.version)), .init("suite", .text(session.suite)),
                        .init("protocol", session.applicationProtocol.map { .text($0) } ?? .null),
                    ]))
        }
        if up.made.count > start { up.append(.made(.first, start..<up.made.count, unit: 0..<bytes.count)) }
        switch reading {
        case .needMore: break
        case .ended:
            if isOpen { up.append(.ends(.first, by: opener.opposite)) }
            finish(&turn)
        case .failed(let why): fail(why, &turn)
        }
    }
    private mutating func fail(_ why: String, _ turn: inout LayerTurn) {
        turn.events.append(Event("refused", nil, [.init("reason", .text(why))]))
        finish(&turn)
    }
    /// Closes the stream below, after the last bytes are sent.
    private mutating func finish(_ turn: inout LayerTurn) {
        session?.close()
        session?.take(into: &turn.down)
        (isOver, deadline, turn.isOver) = (true, nil, true)
    }
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {
        guard channel == .first, isOpen, !isOver else { return }
        bytes.withUnsafeBytes { session?.send($0) }
        session?.take(into: &turn.down)
    }
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        if !isOver { finish(&turn) }
    }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { (isOver, deadline) = (true, nil) }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        if let due = deadline, due <= now { fail("the handshake is not over in time", &turn) }
    }
}
