import Node
import Wire

/// What a capture tells of a client of a hub, or of a hub that is a client of another: one connection.
struct HeardClient {
    let hub: Endpoint
    /// Where it is told of itself.
    var id: String?
    /// The network that it announced last; nil before.
    private(set) var network: NetworkName?
    /// All that it announced, of which the last may not have been taken yet.
    private(set) var networks: Set<NetworkName> = []
    private(set) var announcedAt: Instant?
    private(set) var isHub = false
    var saidGoodbyeAt: Instant?
    /// What hub and calendar said at one time: milliseconds since 1970, and the time of the capture.
    var clock: (said: Int64, at: Instant)?
    /// Its beginning, or something later, was not seen.
    var isUnsure = false
    /// Sides that say no more.
    var ended: Set<Bool> = []
    /// How often it was told that a peer left.
    var departures: [String: Int] = [:]

    /// A hub at an address.
    init(hub: Endpoint) { self.hub = hub }

    mutating func announce(_ name: NetworkName, isHub flag: Bool, _ now: Instant) {
        network = name
        if networks.count < 64 { networks.insert(name) } else { isUnsure = true }
        announcedAt = now
        isHub = isHub || flag
        saidGoodbyeAt = nil
    }
    /// Whether signals of a network may come to it: the last one announced, and any before while that may be on its way.
    func mayHear(_ name: NetworkName, _ now: Instant) -> Bool {
        if name == network ?? .global { return true }
        guard let at = announcedAt, now - at < .seconds(5) else { return false }
        return networks.contains(name) || name == .global
    }
    /// Whether a time is none that the hub would write.
    func isAnother(_ milliseconds: Int64, than now: Instant) -> Bool {
        guard let clock else { return false }
        let passed = (now - clock.at).components
        let wanted = clock.said &+ passed.seconds &* 1000
        let (off, over) = milliseconds.subtractingReportingOverflow(wanted)
        return over || off.magnitude > 60_000
    }
}
