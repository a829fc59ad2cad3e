import Node
import Wire

/// One client of a server: the streams that it opened, by the ids of its requests, and the handshake.
struct Connection: Sendable {
    /// What a stream is for.
    enum Stream: Equatable, Sendable {
        case join(swarm: [UInt8], peer: [UInt8])
        case receive(peer: [UInt8])
        /// Of another host.
        case topic(Topic)
    }
    /// The host that was dialed; nil: it was the other end that dialed.
    var dialed: Endpoint?
    var streams: [Int32: Stream] = [:]
    /// It said `dxos.bye`.
    var saidBye = false
    /// It said `dxos.open`.
    var saidOpen = false
    var opening: Handshake?
    /// When the last call came, and its id: of nodes with a fault.
    var lastCall: Instant?
    var lastID: Int32?
}

/// The handshake of one side: `dxos.open` again and again, until it is heard (rpc.ts).
struct Handshake: Sendable {
    private var interval = Limits.openInterval
    private(set) var next: Instant
    private let end: Instant

    /// `dxos.open` is said now.
    init(_ now: Instant) {
        next = now + interval
        end = now + Limits.openPatience
    }
    /// Whether `dxos.open` is to be said again; nil: no longer. `doubles`: false of a node with a fault.
    mutating func isDue(_ now: Instant, doubles: Bool = true) -> Bool? {
        guard now < end else { return nil }
        guard next <= now else { return false }
        if doubles { interval = interval + interval }
        next = min(now + interval, end)
        return true
    }
}
