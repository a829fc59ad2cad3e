import Node
import Wire

/// The functions of scenario expressions for received messages of dxRPC. Each reads the messages of a link.
let dxosFunctions: [ProtocolFunction] = [
    listing("members", of: "dxos.response", "the number of members of each RpcMessage; null for other bytes") { bytes in
        var count: UInt64 = 0
        var at = 0
        while let field = ProtobufField(at: at, in: bytes.span.bytes) {
            at = field.range.upperBound
            count += 1
        }
        return at == bytes.count ? .uint(count) : .null
    },
    responseEvents("left", "the peers that responses say have left") { payload in
        peerKey(of: payload.swarmEvent?.peerLeft) { $0.peer }
    },
    responseEvents("available", "the peers that responses say have come") { payload in
        peerKey(of: payload.swarmEvent?.peerAvailable) { $0.peer }
    },
    responseEvents("answered", "the peers that responses announce back to a host") { payload in
        peerKey(of: payload.hostEvent?.peerAvailable ?? payload.hostEventV3?.announceBack?.peerAvailable) { $0.peer }
    },
    responseEvents("answer", "peer, swarm, and seconds of since and until, that responses announce back") { payload in
        let answer = payload.hostEventV3?.announceBack
        guard let available = payload.hostEvent?.peerAvailable ?? answer?.peerAvailable else { return nil }
        return .map([
            .init("peer", .bytes(available.peer?.array() ?? [])),
            .init("swarm", answer?.swarm.map { .bytes($0.array()) } ?? .null),
            .init("since", available.since.map { .int($0.seconds ?? 0) } ?? .null),
            .init("until", available.until.map { .int($0.seconds ?? 0) } ?? .null),
        ])
    },
    listing(
        "payload", of: "dxos.response",
        "type_url and value of the payload of the message in each response, which is not opened; or null"
    ) { bytes in
        let isPublished = (try? Response(copying: bytes))?.response?.payload?.peerEvent != nil
        let message: [UInt32] = isPublished ? [2, 2, 2, 1, 3] : [2, 2, 2, 3]
        guard Call.content(message, bytes.span.bytes) != nil else { return .null }
        let type = Call.content(message + [1], bytes.span.bytes) ?? []
        return .map([
            .init("type_url", .text(String(decoding: type, as: UTF8.self))),
            .init("value", .bytes(Call.content(message + [2], bytes.span.bytes) ?? [])),
        ])
    },
    listing(
        "subscribed", of: "dxos.request", arguments: 2...3, parameters: ", 'swarm', key",
        "the ids of the requests that subscribe to the topic of this kind and key; without a key, of this kind"
    ) { bytes, rest in
        guard let request = (try? Request(copying: bytes))?.request,
            let subscription = request.payload?.busSubscription, case .text(let kind)? = rest.first
        else { return nil }
        let topics = ["swarm": subscription.swarm, "host": subscription.host, "peer": subscription.peer]
        guard let topic = topics[kind] ?? nil, rest.count < 2 || rest.last == .bytes(topic.array()) else { return nil }
        return .int(Int64(request.id ?? 0))
    },
    listing("closed", of: "dxos.stream_close", "the ids of the streams that each stream_close ends") { bytes in
        (try? StreamClose(copying: bytes))?.streamClose.map { .int(Int64($0.id ?? 0)) }
    },
]

/// Returns a function of the responses of a link, which lists what `event` finds in their payloads. A second argument
/// selects the responses with this id.
private func responseEvents(
    _ name: String, _ usage: String, _ event: @escaping @Sendable (Payload) -> Value?
) -> ProtocolFunction {
    listing(
        name, of: "dxos.response", arguments: 1...2, parameters: ", id",
        usage + "; with an id, only responses with this id"
    ) { bytes, rest in
        guard let response = (try? Response(copying: bytes))?.response, let payload = response.payload else {
            return nil
        }
        let id = Int64(response.id ?? 0)
        if let wanted = rest.first, wanted != .int(id), UInt64(exactly: id).map({ wanted != .uint($0) }) ?? true {
            return nil
        }
        return event(payload)
    }
}
private func listing(
    _ name: String, of message: String, _ usage: String, _ element: @escaping @Sendable ([UInt8]) -> Value?
) -> ProtocolFunction {
    listing(name, of: message, arguments: 1...1, parameters: "", usage) { bytes, _ in element(bytes) }
}
/// Returns a function of the messages of a link that lists the results of `element`, without those that are nil.
private func listing(
    _ name: String, of message: String, arguments: ClosedRange<Int>, parameters: String, _ usage: String,
    _ element: @escaping @Sendable ([UInt8], ArraySlice<Value>) -> Value?
) -> ProtocolFunction {
    var made = ProtocolFunction(
        "dxos.\(name)", arguments: arguments, usage: "dxos.\(name)(link, or list of messages\(parameters)): \(usage)"
    ) { values throws(ProtocolFunction.Refusal) in
        guard case .list(let all) = values[0] else { throw .init("a list of messages is expected") }
        return .list(
            all.compactMap { message in
                guard case .bytes(let bytes) = message else { return nil }
                return element(bytes, values.dropFirst())
            })
    }
    made.isOfEachElement = true
    made.reads = message
    return made
}
private func peerKey<Event>(of event: Event?, _ peer: (Event) -> Bytes?) -> Value? {
    event.map { .bytes(peer($0)?.array() ?? []) }
}
