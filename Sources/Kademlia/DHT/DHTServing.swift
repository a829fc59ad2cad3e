import Libp2p
import Node
import Wire

// The streams on which peers ask.
extension DHT {
    mutating func accept(
        _ stream: HostStream, from peer: PeerID, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        let open = serving.values.lazy.filter { $0.peer == peer }.count
        guard open < options.streamLimit else { return host.close(stream, isReset: true, now, &out) }
        serving[stream] = Serving(peer: peer, heard: now)
        tap?.begin(stream, host.connection(peer)?.at, now)
    }
    /// Handles the next bytes of a stream. Requests are answered in order.
    mutating func serve(
        _ bytes: [UInt8], on stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        var at = 0
        while at < bytes.count {
            guard var serving = serving[stream] else { return }
            serving.heard = now
            var request: KadMessage?
            let result = serving.reader.next(KadMessage.self, in: bytes.span.bytes, at: &at) { _, unit in
                request = try? KadMessage(copying: unit)
            }
            self.serving[stream] = serving
            if case .needMore = result { return }
            guard let request, request.message.isText else { return refuse(stream, host: &host, now, &out) }
            // The length is computed anew, because the encoding may be shorter than the received one.
            if let messages = tap?.hear(KadMessage(request.message).encoded(), on: stream, now) {
                follow(messages, host: &host, now, &out)
            } else {
                reply(request.message, to: serving.peer, on: stream, host: &host, now, &out)
            }
        }
    }
    mutating func reply(
        _ request: KadContent, to peer: PeerID, on stream: HostStream, host: inout Host, _ now: Instant,
        _ out: inout [Action]
    ) {
        switch server.reply(request, to: peer, now) {
        case .answer(let answer): say(KadMessage(answer).encoded(), on: stream, host: &host, now, &out)
        case .nothing: break
        case .refused: return refuse(stream, host: &host, now, &out)
        }
        switch request.type ?? .putValue {
        case .addProvider: news.append(.providerStored(request.key?.own ?? [], by: peer))
        case .putValue: news.append(.valueStored(request.key?.own ?? [], by: peer))
        default: break
        }
    }
    private mutating func refuse(_ stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]) {
        if let peer = serving.removeValue(forKey: stream)?.peer { news.append(.refused(peer)) }
        tap?.end(stream, now)
        host.close(stream, isReset: true, now, &out)
    }
    /// Sends a message, which the wrapper of the node may change.
    mutating func say(
        _ message: [UInt8], on stream: HostStream, host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        guard let messages = tap?.say(message, on: stream, now) else {
            return host.send(message, on: stream, now, &out)
        }
        follow(messages, host: &host, now, &out)
    }
    /// Processes the messages that the wrapper emits.
    mutating func follow(
        _ messages: [DHTTap.Message], host: inout Host, _ now: Instant, _ out: inout [Action]
    ) {
        for message in messages {
            switch message {
            case .said(let stream, let bytes): host.send(bytes, on: stream, now, &out)
            case .heard(let stream, let bytes):
                guard let message = try? KadMessage(copying: bytes) else { continue }
                if let peer = serving[stream]?.peer {
                    reply(message.message, to: peer, on: stream, host: &host, now, &out)
                } else {
                    answered(stream, message.message, host: &host, now, &out)
                }
            }
        }
    }
}
