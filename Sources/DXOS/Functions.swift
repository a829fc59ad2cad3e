import Node
import Wire

/// Functions of scenario expressions for messages of dxRPC as they came.
let dxosFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "dxos.members", arguments: 1...1,
        usage: "dxos.members(bytes): how many members an RpcMessage has; null when it is none"
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
    ProtocolFunction("dxos.id", arguments: 1...1, usage: "dxos.id(bytes): the id of a response; null when it is none") {
        arguments throws(ProtocolFunction.Refusal) in
        try heardResponse(arguments[0]).map { .int(Int64($0.id ?? 0)) } ?? .null
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
        "dxos.payload", arguments: 1...1,
        usage:
            "dxos.payload(bytes): type_url and value of the payload of the message in a response, which is not opened; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let bytes = try bytesArgument(arguments[0])
        let message: [UInt32] = [2, 2, 2, 3]
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
