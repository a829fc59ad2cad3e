import Node
import Wire

/// A client of a server: its open streams, by the ids of its requests, and the handshake.
struct Connection: Sendable {
    /// The purpose of a stream.
    enum Stream: Equatable, Sendable {
        case join(swarm: [UInt8], peer: [UInt8])
        case receive(peer: [UInt8])
        /// A subscription of another host.
        case topic(Topic)
    }
    /// The other end of the connection.
    let peer: Endpoint
    let opener: Opener
    /// The host to which this host connected; nil: the other end connected.
    var dialed: Endpoint? { opener == .us ? peer : nil }
    var streams: [Int32: Stream] = [:]
    /// True if the client has sent `dxos.bye`.
    var saidBye = false
    /// True if the client has sent `dxos.open`.
    var saidOpen = false
    var opening: Handshake?
    /// The time and the id of the last call, for seeded faults.
    var lastCall: Instant?
    var lastID: Int32?

    init(peer: Endpoint, by opener: Opener) { (self.peer, self.opener) = (peer, opener) }
}

/// The handshake of one side: `dxos.open` is repeated until it is confirmed (rpc.ts).
struct Handshake: Sendable {
    private var interval = Limits.openInterval
    private(set) var next: Instant
    private let end: Instant

    /// Creates a handshake whose first `dxos.open` is sent now.
    init(_ now: Instant) {
        next = now + interval
        end = now + Limits.openPatience
    }
    /// Returns true if `dxos.open` must be sent again; nil if the time limit has passed.
    mutating func isDue(_ now: Instant) -> Bool? {
        guard now < end else { return nil }
        guard next <= now else { return false }
        interval = interval + interval
        next = min(now + interval, end)
        return true
    }
}
