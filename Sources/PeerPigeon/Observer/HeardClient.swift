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
    /// The number of reported departures of each peer, and the number of reported arrivals.
    var departures: [String: Int] = [:]
    var arrivals: [String: Int] = [:]
    /// The last news of each peer on a connection between hubs.
    private var news: [NewsKey: News] = [:]

    private struct NewsKey: Hashable {
        var peer: String
        var sender: Opener
    }
    private struct News {
        var isLeave: Bool
        var since: Instant
        var count = 0
    }

    /// A hub at an address.
    init(hub: Endpoint) { self.hub = hub }

    mutating func announce(_ name: NetworkName, isHub flag: Bool, _ now: Instant) {
        network = name
        if networks.count < 64 { networks.insert(name) } else { isUnsure = true }
        announcedAt = now
        isHub = isHub || flag
        saidGoodbyeAt = nil
    }
    /// Returns whether a side sends the same news of a peer for the twentieth time within 10 s, without opposite news
    /// in between.
    mutating func isRound(_ peer: String, isLeave: Bool, by sender: Opener, _ now: Instant) -> Bool {
        let key = NewsKey(peer: peer, sender: sender)
        guard news.count < 1024 || news[key] != nil else { return false }
        var last = news[key] ?? News(isLeave: isLeave, since: now)
        if last.isLeave != isLeave || now - last.since > .seconds(10) { last = News(isLeave: isLeave, since: now) }
        last.count += 1
        news[key] = last
        return last.count == 20
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
