import Node
import Wire

/// The functions of scenario expressions for received messages of dxRPC.
let dxosFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "dxos.members", arguments: 1...1,
        usage: "dxos.members(bytes): the number of members of an RpcMessage; null for other bytes"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let bytes = try bytesArgument(arguments[0])
        var count: UInt64 = 0
        var at = 0
        while let field = ProtobufField(at: at, in: bytes.span.bytes) {
            at = field.range.upperBound
            count += 1
        }
        return at == bytes.count ? .uint(count) : .null
    },
    ProtocolFunction(
        "dxos.id", arguments: 1...1,
        usage: "dxos.id(bytes): the id of a request, a response or a stream_close; null for other bytes"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let bytes = try bytesArgument(arguments[0])
        var id: Int32?
        if let request = (try? Request(copying: bytes))?.request { id = request.id ?? 0 }
        if let response = (try? Response(copying: bytes))?.response { id = response.id ?? 0 }
        if let close = (try? StreamClose(copying: bytes))?.streamClose { id = close.id ?? 0 }
        return id.map { .int(Int64($0)) } ?? .null
    },
    ProtocolFunction(
        "dxos.left", arguments: 1...1,
        usage: "dxos.left(bytes): the peer that a response says has left; null when it says none"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let event = try heardResponse(arguments[0])?.payload?.swarmEvent?.peerLeft
        return event.map { .bytes($0.peer?.array() ?? []) } ?? .null
    },
    ProtocolFunction(
        "dxos.available", arguments: 1...1,
        usage: "dxos.available(bytes): the peer that a response says has come; null when it says none"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let event = try heardResponse(arguments[0])?.payload?.swarmEvent?.peerAvailable
        return event.map { .bytes($0.peer?.array() ?? []) } ?? .null
    },
    ProtocolFunction(
        "dxos.topic", arguments: 2...2,
        usage: "dxos.topic(bytes, 'swarm'): the key of the topic of this kind that a request subscribes to; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let request = try? Request(copying: try bytesArgument(arguments[0])).request
        guard let subscription = request?.payload?.busSubscription, case .text(let kind) = arguments[1] else {
            return .null
        }
        let key = ["swarm": subscription.swarm, "host": subscription.host, "peer": subscription.peer][kind] ?? nil
        return key.map { .bytes($0.array()) } ?? .null
    },
    ProtocolFunction(
        "dxos.answered", arguments: 1...1,
        usage: "dxos.answered(bytes): the peer that a response announces back to a host; null when it does not"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let payload = try heardResponse(arguments[0])?.payload
        let available = payload?.hostEvent?.peerAvailable ?? payload?.hostEventV3?.announceBack?.peerAvailable
        return available.map { .bytes($0.peer?.array() ?? []) } ?? .null
    },
    ProtocolFunction(
        "dxos.answer", arguments: 1...1,
        usage: "dxos.answer(bytes): swarm, and seconds of since and until, that a response announces back; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let payload = try heardResponse(arguments[0])?.payload
        let answer = payload?.hostEventV3?.announceBack
        guard let available = payload?.hostEvent?.peerAvailable ?? answer?.peerAvailable else { return .null }
        return .map([
            .init("swarm", answer?.swarm.map { .bytes($0.array()) } ?? .null),
            .init("since", available.since.map { .int($0.seconds ?? 0) } ?? .null),
            .init("until", available.until.map { .int($0.seconds ?? 0) } ?? .null),
        ])
    },
    ProtocolFunction(
        "dxos.payload", arguments: 1...1,
        usage:
            "dxos.payload(bytes): type_url and value of the payload of the message in a response, which is not opened; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let bytes = try bytesArgument(arguments[0])
        let isPublished = try heardResponse(arguments[0])?.payload?.peerEvent != nil
        let message: [UInt32] = isPublished ? [2, 2, 2, 1, 3] : [2, 2, 2, 3]
        guard Call.content(message, bytes.span.bytes) != nil else { return .null }
        let type = Call.content(message + [1], bytes.span.bytes) ?? []
        return .map([
            .init("type_url", .text(String(decoding: type, as: UTF8.self))),
            .init("value", .bytes(Call.content(message + [2], bytes.span.bytes) ?? [])),
        ])
    },
]

private func heardResponse(_ value: Value) throws(ProtocolFunction.Refusal) -> ResponseContent? {
    try? Response(copying: try bytesArgument(value)).response
}
private func bytesArgument(_ value: Value) throws(ProtocolFunction.Refusal) -> [UInt8] {
    guard case .bytes(let bytes) = value else { throw .init("\(value) is not bytes") }
    return bytes
}
