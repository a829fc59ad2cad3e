import Libp2p
import Node

/// A tap that passes the messages of a node through its wrapper. Each stream is a link.
struct DHTTap: Sendable {
    enum Message {
        case said(HostStream, [UInt8])
        case heard(HostStream, [UInt8])
    }
    private var tap: MessageTap
    private var links: [HostStream: LinkID] = [:]
    private var streams: [LinkID: HostStream] = [:]
    private var next: UInt64 = 1

    init(_ wrap: (any Node) -> any Node) { tap = MessageTap(wrap) }
    var deadline: Instant? { tap.deadline }
    mutating func begin(_ stream: HostStream, _ at: Endpoint?, _ now: Instant) {
        let link = LinkID(next)
        next += 1
        (links[stream], streams[link]) = (link, stream)
        _ = tap.opened(link, peer: at ?? .loopback(0), by: .them, now)
    }
    mutating func end(_ stream: HostStream, _ now: Instant) {
        guard let link = links.removeValue(forKey: stream) else { return }
        _ = tap.closed(link, now)
        streams[link] = nil
    }
    mutating func say(_ message: [UInt8], on stream: HostStream, _ now: Instant) -> [Message]? {
        links[stream].map { messages(tap.say(message, $0, now)) }
    }
    mutating func hear(_ message: [UInt8], on stream: HostStream, _ now: Instant) -> [Message]? {
        links[stream].map { messages(tap.hear(message, $0, now)) }
    }
    mutating func wake(_ now: Instant) -> [Message] { messages(tap.wake(now)) }
    private func messages(_ all: [MessageTap.Message]) -> [Message] {
        all.compactMap { message in
            switch message {
            case .said(let link, let bytes): streams[link].map { .said($0, bytes) }
            case .heard(let link, let bytes): streams[link].map { .heard($0, bytes) }
            }
        }
    }
}
