import Libp2p
import Node
import Wire

/// The events that a node reports.
enum NodeEvents {
    static func pubsubPeer(_ peer: PeerID, _ id: String) -> Event {
        Event("pubsub_peer", nil, [.init("peer", .text(peer.description)), .init("protocol", .text(id))])
    }
    /// Returns the event for data of a peer that cannot be decoded.
    static func unreadable(_ peer: PeerID, _ failure: RPCReader.Failure) -> Event {
        let why =
            switch failure {
            case .tooLong(let length): "an RPC of \(length) bytes is too long"
            case .undecodable(let error): error.description
            }
        return Event("undecodable", nil, [.init("peer", .text(peer.description)), .init("reason", .text(why))])
    }
    /// Returns the event for a message of this node. `id` is nil if the router did not publish it, for example because
    /// a message with its id is known already.
    static func published(_ topic: [UInt8], _ data: [UInt8], _ id: [UInt8]?) -> Event {
        Event(
            "published", nil,
            [
                .init("topic", self.topic(topic)), .init("id", id.map { .bytes($0) } ?? .null),
                .init("size", .uint(UInt64(data.count))),
            ])
    }
    static func subscription(_ peer: PeerID, _ said: Subscription) -> Event {
        Event(
            "subscription", nil,
            [
                .init("peer", .text(peer.description)), .init("topic", topic(said.topic?.bytes.own ?? [])),
                .init("subscribe", .bool(said.subscribe ?? false)),
            ])
    }
    /// Returns a topic as text if it is valid UTF-8, otherwise as bytes.
    static func topic(_ bytes: [UInt8]) -> Value {
        String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
    }
    /// Returns the event for a new Fill.
    static func fill(_ fill: MarketFill, _ market: [UInt8]) -> Event {
        Event("fill", nil, [.init("market", topic(market))] + details(of: fill))
    }
    /// Returns the event for an offer that this node does not sign.
    static func offerRefused(_ offer: MarketFill, _ market: [UInt8], _ why: OfferRefusal) -> Event {
        Event(
            "offer_refused", nil,
            [.init("market", topic(market)), .init("why", .text(why.rawValue))] + details(of: offer))
    }
    /// Returns the fields of a Fill, without its market and its signatures.
    static func details(of fill: MarketFill) -> [Value.Entry] {
        func peer(_ id: [UInt8]) -> Value { .text(PeerID(id)?.description ?? id.hex) }
        return [
            .init("id", .bytes(fill.key.id)), .init("maker", peer(fill.key.maker)),
            .init("maker_order", .bytes(fill.maker.key.id)), .init("maker_version", .uint(fill.maker.version)),
            .init("taker", peer(fill.key.taker)), .init("taker_order", .bytes(fill.taker.key.id)),
            .init("taker_version", .uint(fill.taker.version)),
            .init("price", .text(String(decoding: fill.price, as: UTF8.self))),
            .init("amount", .text(fill.amount.text)),
        ]
    }
    /// Returns the event for a message that the application receives.
    static func message(_ message: PublishedMessage, _ id: [UInt8]) -> Event {
        var details: [Value.Entry] = [
            .init("topic", topic(message.topic?.bytes.own ?? [])), .init("id", .bytes(id)),
            .init("size", .uint(UInt64(message.data?.count ?? 0))),
            .init("from", message.from?.own.map { .text(PeerID($0)?.description ?? $0.hex) } ?? .null),
            .init("seqno", message.sequence?.own.map { .bytes($0) } ?? .null),
            .init("signed", .bool(message.signature != nil)),
        ]
        // Large data would fill the log.
        if let data = message.data?.own, data.count <= dataLimit { details.append(.init("data", .bytes(data))) }
        return Event("message", nil, details)
    }
    /// The maximum size of data that the event includes, in bytes.
    private static let dataLimit = 1024
}
