import Libp2p
import Node
import Wire

// The commands and questions of a node's own operator, and the events that report results.
extension KadNode {
    static let controls = Host.controls + ownControls + DHT.questions
    private static let ownControls = [
        NodeControl(
            tells: "provide", "store itself as a provider of a key at the nearest servers, and repeat that",
            .one("key"), outcomes: ["provided"], columns: ["servers"]),
        NodeControl(tells: "unprovide", "stop repeating a provider record", .one("key")),
        NodeControl(
            tells: "find-providers", "look for the providers of a key", .one("key"),
            details: [Named("count", "number of providers that suffice; by default all")],
            outcomes: ["providers"], columns: ["providers"]),
        NodeControl(
            tells: "find-peer", "look for the addresses of a peer", .one("peer"),
            outcomes: ["peer_found", "peer_not_found"], columns: ["addresses"]),
        NodeControl(
            tells: "put", "store a value at the nearest servers", .one("key"),
            details: [Named("value", "the value, as text or 0x and hexadecimal digits")],
            outcomes: ["put_done", "put_refused"], columns: ["servers"]),
        NodeControl(
            tells: "get", "look for the best value of a key", .one("key"), outcomes: ["value", "value_not_found"],
            columns: ["value"]),
        NodeControl(
            tells: "advertise", "provide the key of a namespace, and again before the time is over",
            .one("namespace")),
        NodeControl(
            tells: "discover", "look for the providers of the key of a namespace, and connect to them",
            .one("namespace"),
            outcomes: ["providers"], columns: ["providers"]),
        NodeControl(tells: "refresh", "refresh the routing table now"),
        NodeControl(
            asks: "peers", "the peers that it is connected to", columns: ["peer", "address", "dialed", "agent"]),
        NodeControl(asks: "identity", "its peer id", columns: ["peer", "kad_id"]),
    ]
    mutating func control(
        _ name: String, _ arguments: [Value.Entry], now: Instant, _ out: inout [Action]
    ) -> Value? {
        let words = ControlArguments(arguments)
        let key = Self.key(words)
        switch (name, key) {
        case ("provide", let key?):
            guard DHTServer.isProviderKey(key) else { return nil }
            dht.provide(key, ticket: ticket(words), host: &host, now, &out)
        case ("unprovide", let key?): dht.stopProviding(key)
        case ("find-providers", let key?):
            guard DHTServer.isProviderKey(key) else { return nil }
            let count = words.number("count").map { Int(clamping: $0) } ?? 0
            dht.findProviders(key, count: count, ticket: ticket(words), host: &host, now, &out)
        case ("find-peer", _):
            guard let peer = words.peer("peer") else { return nil }
            dht.findPeer(peer, ticket: ticket(words), host: &host, now, &out)
        case ("put", _):
            guard let key = words.bytes("key"), let value = words.bytes("value") else { return nil }
            dht.put(value, for: key, ticket: ticket(words), host: &host, now, &out)
        case ("get", _):
            guard let key = words.bytes("key"), !key.isEmpty else { return nil }
            dht.get(key, ticket: ticket(words), host: &host, now, &out)
        case ("advertise", _), ("discover", _):
            guard case .text(let namespace)? = words["namespace"] else { return nil }
            if name == "advertise" {
                dht.advertise(namespace, host: &host, now, &out)
            } else {
                dht.discover(namespace, ticket: ticket(words), host: &host, now, &out)
            }
        case ("refresh", _): dht.refresh(host: &host, now, &out)
        case ("dial", _):
            guard host.dial(words, &out) else { return nil }
        case ("disconnect", _):
            guard host.disconnect(words, now, &out) else { return nil }
        default: return answer(name, arguments, now: now)
        }
        settle(now, &out)
        return .bool(true)
    }
    func answer(_ question: String, _ arguments: [Value.Entry], now: Instant) -> Value? {
        switch question {
        case "peers":
            return .list(
                host.connected.map { peer in
                    .map(host.row(peer))
                })
        case "identity":
            return .map([
                .init("peer", .text(host.identity.peer.description)),
                .init("kad_id", .bytes(KadID(host.identity.peer).bytes)),
            ])
        default: return dht.answer(question, now: now)
        }
    }
    /// Reports a result to the operator.
    mutating func tell(_ news: DHTNews, _ now: Instant, _ out: inout [Action]) {
        // A caller that waits for a result needs its `count`, or the `reason` of the failure.
        func event(_ name: String, _ details: [Value.Entry], _ ticket: UInt64?) {
            let told = ticket.flatMap { tickets.removeValue(forKey: $0) }.map { [Value.Entry("ticket", $0)] } ?? []
            out.append(.report(Event(name, nil, details + told)))
        }
        func peers(_ all: [PeerID]) -> Value { .list(all.map { .text($0.description) }) }
        switch news {
        case .added(let peer): event("server_added", [.init("peer", .text(peer.description))], nil)
        case .removed(let peer): event("server_removed", [.init("peer", .text(peer.description))], nil)
        case .refused(let peer): event("request_refused", [.init("peer", .text(peer.description))], nil)
        case .refreshed(let count): event("refreshed", [.init("servers", .uint(UInt64(count)))], nil)
        case .providerStored(let key, let peer):
            event("provider_stored", [.init("key", .bytes(key)), .init("peer", .text(peer.description))], nil)
        case .valueStored(let key, let peer):
            event("value_stored", [.init("key", .readable(key)), .init("peer", .text(peer.description))], nil)
        case .provided(let key, let servers, let ticket):
            event(
                "provided",
                [.init("key", .bytes(key)), .init("servers", peers(servers)), Self.count(servers.count)], ticket)
        case .providers(let key, let found, let ticket):
            let all = found.map { provider in
                Value.map([
                    .init("peer", .text(provider.peer.description)), .init("addresses", Self.texts(provider.addresses)),
                ])
            }
            event(
                "providers", [.init("key", .bytes(key)), .init("providers", .list(all)), Self.count(all.count)], ticket)
        case .peer(let peer, let addresses, let ticket):
            let details = [Value.Entry("peer", .text(peer.description))]
            if let addresses {
                event(
                    "peer_found",
                    details + [.init("addresses", Self.texts(addresses)), Self.count(addresses.count)], ticket)
            } else {
                event("peer_not_found", details + [Self.count(0)], ticket)
            }
        case .put(let key, let servers, let isValid, let ticket):
            let details = [Value.Entry("key", .readable(key))]
            if isValid {
                event("put_done", details + [.init("servers", peers(servers)), Self.count(servers.count)], ticket)
            } else {
                let reason = "the key or the value is invalid, or the stored value is better"
                event("put_refused", details + [.init("reason", .text(reason))], ticket)
            }
        case .value(let key, let value, let ticket):
            let details = [Value.Entry("key", .readable(key))]
            if let value {
                event("value", details + [.init("value", .readable(value)), Self.count(1)], ticket)
            } else {
                event("value_not_found", details + [Self.count(0)], ticket)
            }
        }
    }
    /// Keeps the ticket of a command until its result is reported.
    private mutating func ticket(_ words: ControlArguments) -> UInt64? {
        guard let ticket = words["ticket"] else { return nil }
        lastTicket += 1
        tickets[lastTicket] = ticket
        return lastTicket
    }
    private static func count(_ number: Int) -> Value.Entry { .init("count", .uint(UInt64(number))) }
    private static func texts(_ all: [Multiaddr]) -> Value { .list(all.map { .text($0.description) }) }
    /// Returns the key of provider records: the multihash of a CID, bytes as they are, or the hash of a text.
    private static func key(_ words: ControlArguments) -> [UInt8]? {
        guard case .text(let text)? = words["key"], !text.hasPrefix("0x") else { return words.bytes("key") }
        return ContentID(text)?.multihash ?? ContentID(ofRaw: Array(text.utf8)).multihash
    }
}
