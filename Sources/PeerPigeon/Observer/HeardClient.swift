import Node
import Wire

/// The data of one connection in a capture: of a client of a hub, or of a hub that is a client of another.
struct HeardClient {
    let hub: Endpoint
    /// The id that the hub sent to it.
    var id: String?
    /// The network that it announced last; nil before the first announcement.
    private(set) var network: NetworkName?
    /// All networks that it announced. The hub may not have handled the last one yet.
    private(set) var networks: Set<NetworkName> = []
    private(set) var announcedAt: Instant?
    private(set) var isHub = false
    var saidGoodbyeAt: Instant?
    /// The hub's clock at one time: milliseconds since 1970, and the time of the capture.
    var clock: (said: Int64, at: Instant)?
    /// True if its beginning, or something later, was not seen.
    var isUnsure = false
    /// The sides that send nothing more.
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

    /// Creates a client of the hub at an address.
    init(hub: Endpoint) { self.hub = hub }

    mutating func announce(_ name: NetworkName, isHub flag: Bool, _ now: Instant) {
        network = name
        if networks.count < 64 { networks.insert(name) } else { isUnsure = true }
        announcedAt = now
        isHub = isHub || flag
        saidGoodbyeAt = nil
    }
    /// Returns true if a side sends the same news of a peer for the twentieth time within 10 s, without opposite news
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
    /// Returns true if signals of a network may arrive: the last network announced, or an earlier one for 5 s after the
    /// announcement.
    func mayHear(_ name: NetworkName, _ now: Instant) -> Bool {
        if name == network ?? .global { return true }
        guard let at = announcedAt, now - at < .seconds(5) else { return false }
        return networks.contains(name) || name == .global
    }
    /// Returns true if a time differs by more than 60 s from the hub's clock.
    func isAnother(_ milliseconds: Int64, than now: Instant) -> Bool {
        guard let clock else { return false }
        let passed = (now - clock.at).components
        let wanted = clock.said &+ passed.seconds &* 1000
        let (off, over) = milliseconds.subtractingReportingOverflow(wanted)
        return over || off.magnitude > 60_000
    }
}
