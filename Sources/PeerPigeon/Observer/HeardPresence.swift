import Node
import Wire

/// The notices that a hub must send soon and has not sent yet.
struct HeardPresence {
    enum News: Hashable {
        /// The notice that a peer is there.
        case discovery(String)
        /// The notice that a peer left.
        case departure(String)
    }
    private struct Due: Hashable {
        var channel: HeardChannel
        var news: News
    }
    private struct Debt {
        var since: Instant
        var hub: Endpoint
    }
    private var due: [Due: Debt] = [:]
    /// The number of announcements of each peer.
    private var came: [String: Int] = [:]
    private let limit: Int
    /// The time after which a notice counts as missing.
    private static let patience = Duration.seconds(5)

    init(limit: Int) { self.limit = limit }

    var hasRoom: Bool { due.count < limit }
    mutating func expect(_ news: News, at channel: HeardChannel, _ client: HeardClient, _ now: Instant) {
        let key = Due(channel: channel, news: news)
        if hasRoom, due[key] == nil { due[key] = Debt(since: now, hub: client.hub) }
    }
    mutating func discovered(_ peer: String, at channel: HeardChannel) {
        due[Due(channel: channel, news: .discovery(peer))] = nil
    }
    mutating func left(_ peer: String, at channel: HeardChannel) {
        due[Due(channel: channel, news: .departure(peer))] = nil
    }
    /// Removes the expected notices of a client that receives nothing more, or is uncertain.
    mutating func close(_ channel: HeardChannel) { due = due.filter { $0.key.channel != channel } }
    mutating func doubt(_ channel: HeardChannel) { close(channel) }

    /// Counts an announcement of a peer.
    mutating func came(_ peer: String) { if came.count < limit || came[peer] != nil { came[peer, default: 0] += 1 } }
    /// Returns the number of its announcements; nil if it is unknown.
    func comings(of peer: String) -> Int? { came[peer] }

    /// Returns the notices that were not sent in time.
    func overdue(_ now: Instant) -> [(PigeonRule, String, HeardMessage)] {
        due.filter { now - $0.value.since > Self.patience }.sorted { $0.value.since < $1.value.since }.map {
            key, debt in
            let (rule, text): (PigeonRule, String) =
                switch key.news {
                case .discovery(let peer): (.hub16, "was never notified of \(peer)")
                case .departure(let peer): (.hub45, "was never notified that \(peer) left")
                }
            let message = HeardMessage(
                PeerDiscovered.self, isGood: true, in: key.channel, from: .them, debt.hub, to: debt.hub,
                isFromClient: false, record: 0, at: debt.since)
            return (rule, text, message)
        }
    }
}
