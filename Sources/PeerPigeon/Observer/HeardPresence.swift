import Node
import Wire

/// Who is to be told of whom: what a hub has to say soon, and has not said yet.
struct HeardPresence {
    enum News: Hashable {
        /// That a peer is there.
        case discovery(String)
        /// That it left.
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
    /// What was due when the client that it was due to went on hearing.
    private var came: [String: Int] = [:]
    private let limit: Int
    /// A hub that takes longer does not say it.
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
    /// A client hears no more, or not surely.
    mutating func close(_ channel: HeardChannel) { due = due.filter { $0.key.channel != channel } }
    mutating func doubt(_ channel: HeardChannel) { close(channel) }

    /// A peer announced itself.
    mutating func came(_ peer: String) { if came.count < limit || came[peer] != nil { came[peer, default: 0] += 1 } }
    /// How often it did; nil where that is not known.
    func comings(of peer: String) -> Int? { came[peer] }

    /// What was not said in time.
    func overdue(_ now: Instant) -> [(PigeonRule, String, HeardMessage)] {
        due.filter { now - $0.value.since > Self.patience }.sorted { $0.value.since < $1.value.since }.map {
            key, debt in
            let (rule, text): (PigeonRule, String) =
                switch key.news {
                case .discovery(let peer): (.hub16, "never told of \(peer)")
                case .departure(let peer): (.hub45, "never told that \(peer) left")
                }
            let message = HeardMessage(
                PeerDiscovered.self, isGood: true, in: key.channel, from: .them, debt.hub, to: debt.hub,
                isFromClient: false, record: 0, at: debt.since)
            return (rule, text, message)
        }
    }
}
