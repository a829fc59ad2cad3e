import Node
import Wire

/// A passive observer of all streams of a DHT. On one stream, answers follow their requests. All streams of a connection
/// together show the ids of its two peers.
///
/// Its memory is limited: beyond the limit it does not judge the answers of further streams.
struct KadObserver: MessageObserver {
    private var streams: [HeardChannel: StreamObserver] = [:]
    /// The peers of each connection, as seen from the streams of its client.
    private var names: [Int: PeerNames] = [:]
    /// True if the limit was reached, so that the beginnings of some streams are unknown.
    private var isFull = false
    private let limit: Int

    /// Creates an observer that uses about `memory` bytes.
    init(memory: Int) { limit = max(64, memory / 4096) }

    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        let channel = message.channel
        guard message.isGood, let content = try? KadMessage(copying: bytes) else { return miss(channel) }
        var stream = streams.removeValue(forKey: channel) ?? fresh()
        // The side that opened the stream is the client of the connection if it sends as such.
        let isOpenedByClient = message.isFromClient == (message.sender == .us)
        let known = names[channel.connection] ?? PeerNames()
        var seen = isOpenedByClient ? known : known.swapped
        stream.observe(content.message, from: message.sender, &seen, into: &findings)
        if names[channel.connection] != nil || (seen.asker != nil && names.count < limit) {
            names[channel.connection] = isOpenedByClient ? seen : seen.swapped
        }
        if streams.count < limit { streams[channel] = stream } else { isFull = true }
    }
    mutating func miss(_ channel: HeardChannel) {
        var stream = streams.removeValue(forKey: channel) ?? fresh()
        stream.miss()
        if streams.count < limit { streams[channel] = stream } else { isFull = true }
    }
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        // No answer follows on this stream.
        if sender == .them { streams[channel] = nil }
    }
    mutating func end(connection: Int) {
        names[connection] = nil
        for channel in streams.keys where channel.connection == connection { streams[channel] = nil }
    }
    mutating func finish(into findings: inout [HeardFinding]) {}

    private func fresh() -> StreamObserver {
        var stream = StreamObserver()
        if isFull { stream.miss() }
        return stream
    }
}
