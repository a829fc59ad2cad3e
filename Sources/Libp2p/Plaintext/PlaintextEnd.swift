import Crypto
public import Node
import Wire

/// One end of plaintext/2.0.0. The connection ends if the id does not match the key, or the peer in the address.
public struct PlaintextEnd: LayerEnd {
    private let identity: Identity
    private let wanted: PeerID?
    private let opener: Opener
    private let fault: Libp2pFault?
    private var reader = UnitReader()
    private var isOver = false
    public private(set) var deadline: Instant?
    /// The peer id that the other side gave.
    public private(set) var peer: PeerID?

    /// The time within which the other side must send its Exchange.
    public static let patience = Duration.seconds(60)

    /// Creates an end of a connection. Without an identity, it uses the identity in the options, or a new one.
    public init(_ identity: Identity?, fault: Libp2pFault? = nil, _ options: LayerOptions) {
        var random = options.random
        (opener, self.fault) = (options.opener, fault)
        let own = random.bytes(32)
        self.identity = identity ?? Identity(seed: options.identity ?? own)
        wanted = options.opener == .us && fault != .dialsAnybody ? EndTarget(options.target).peer : nil
    }
    public mutating func begin(now: Instant, _ turn: inout LayerTurn) {
        deadline = now + Self.patience
        if fault == .ptWaits, opener == .them { return }
        say(&turn)
    }
    private func say(_ turn: inout LayerTurn) {
        var exchange = PlaintextExchange(identity)
        switch fault {
        case .ptNoID: exchange.exchange.id = nil
        case .ptHashedID: exchange.exchange.id = Bytes([0x12, 32] + SHA256.hash(identity.publicKey.encoded()))
        default: break
        }
        exchange.encode(appendingTo: &turn.down)
    }
    public mutating func receive(
        _ bytes: RawSpan, now: Instant, _ up: inout LayerOutput, _ turn: inout LayerTurn
    ) -> Int {
        guard !isOver else { return bytes.byteCount }
        var at = 0
        var said: ExchangeContent?
        let result = reader.next(PlaintextExchange.self, in: bytes, at: &at) { _, unit in
            said = (try? PlaintextExchange(copying: unit))?.exchange
        }
        switch result {
        case .needMore: return at
        case .refused(let error): fail(error.description, &turn)
        case .unit:
            guard let peer = said.flatMap({ checked($0) }) else {
                fail("the id is not that of the key", &turn)
                return bytes.byteCount
            }
            if fault == .ptWaits, opener == .them { say(&turn) }
            if let wanted, wanted != peer {
                fail("it is \(peer)", &turn)
                return bytes.byteCount
            }
            self.peer = peer
            turn.identity = peer.bytes
            (isOver, deadline) = (true, nil)
            turn.events.append(Event("introduced", nil, [.init("peer", .text(peer.description))]))
            up.append(.becomes(LayerName.muxer))
            return at
        }
        return bytes.byteCount
    }
    /// Returns the peer id of the other side, if it matches its key.
    private func checked(_ said: ExchangeContent) -> PeerID? {
        guard let id = said.id?.own, let peer = PeerID(id) else { return nil }
        guard let key = said.publicKey else { return fault == .ptKeyMissing ? peer : nil }
        guard key.isWellFormed else { return nil }
        return id == PeerID(of: key.encoded()).bytes || fault == .ptAnyID ? peer : nil
    }
    private mutating func fail(_ why: String, _ turn: inout LayerTurn) {
        turn.events.append(Event("refused", nil, [.init("reason", .text(why))]))
        (isOver, deadline, turn.isOver) = (true, nil, true)
    }
    /// Does nothing, because an Exchange carries no data.
    public mutating func send(
        _ bytes: RawSpan, kind: UInt8, on channel: ChannelID, now: Instant, _ turn: inout LayerTurn
    ) {}
    public mutating func close(with status: CloseStatus?, now: Instant, _ turn: inout LayerTurn) {
        (isOver, deadline, turn.isOver) = (true, nil, true)
    }
    public mutating func closed(now: Instant, _ turn: inout LayerTurn) { (isOver, deadline) = (true, nil) }
    public mutating func wake(now: Instant, _ turn: inout LayerTurn) {
        if let due = deadline, due <= now { fail("the other side says nothing", &turn) }
    }
}
