import Crypto
public import Node
import Wire

/// The functions of scenario expressions for heads and compressed payloads, for WebSocket and the protocols above it.
public let webSocketFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "websocket.key", arguments: 1...1, usage: "websocket.key(bytes): as base64, such as 16 bytes for a request"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .text(Base64.encode(try arguments[0].bytesArgument()))
    },
    ProtocolFunction(
        "websocket.accept", arguments: 1...1, usage: "websocket.accept(key): what a server answers to this key"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .text(AcceptKey.answering(try arguments[0].textArgument()))
    },
    ProtocolFunction(
        "websocket.nonce", arguments: 1...1, usage: "websocket.nonce(key): its bytes; null when it is not base64"
    ) { arguments throws(ProtocolFunction.Refusal) in
        Base64.decode(Array(try arguments[0].textArgument().utf8)).map { .bytes($0) } ?? .null
    },
    ProtocolFunction(
        "websocket.header", arguments: 2...2,
        usage: "websocket.header(headers, name): the value of the first field of this name, in any case; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in try values(arguments).first ?? .null },
    ProtocolFunction(
        "websocket.fields", arguments: 2...2,
        usage: "websocket.fields(headers, name): the values of all fields of this name, in any case"
    ) { arguments throws(ProtocolFunction.Refusal) in .list(try values(arguments)) },
    ProtocolFunction(
        "websocket.tokens", arguments: 2...2,
        usage: "websocket.tokens(headers, name): the elements of these fields, which commas divide, in lower case"
    ) { arguments throws(ProtocolFunction.Refusal) in
        var tokens: [Value] = []
        for case .text(let value) in try values(arguments) {
            for token in fieldElements(value) {
                let start = token.drop { $0 == " " || $0 == "\t" }
                let end = start.lastIndex { $0 != " " && $0 != "\t" }
                if let end { tokens.append(.text(HTTPToken.lowercased(start[...end]))) }
            }
        }
        return .list(tokens)
    },
    ProtocolFunction(
        "websocket.parameters", arguments: 2...2,
        usage: "websocket.parameters(headers, extension): names of its parameters in Sec-WebSocket-Extensions; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let wanted = try arguments[1].textArgument()
        for case .text(let value) in try values([arguments[0], .text("sec-websocket-extensions")]) {
            guard let found = Extension.list(value)?.first(where: { $0.name == wanted }) else { continue }
            return .list(found.parameters.map { .text($0.name) })
        }
        return .null
    },
    ProtocolFunction(
        "websocket.parameter", arguments: 3...3,
        usage: "websocket.parameter(headers, extension, name): the value of this parameter; null without one"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let (wanted, name) = (try arguments[1].textArgument(), try arguments[2].textArgument())
        for case .text(let value) in try values([arguments[0], .text("sec-websocket-extensions")]) {
            guard let found = Extension.list(value)?.first(where: { $0.name == wanted }) else { continue }
            return found.parameters.first { $0.name == name }?.value.map { .text($0) } ?? .null
        }
        return .null
    },
    ProtocolFunction(
        "websocket.close_fault", arguments: 1...1,
        usage: "websocket.close_fault(payload): how the payload of a Close frame breaks a rule; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        ClosePayload.fault(of: try arguments[0].bytesArgument()).map { .text($0) } ?? .null
    },
    ProtocolFunction(
        "websocket.deflate", arguments: 1...1,
        usage: "websocket.deflate(bytes): as the payload of a compressed message that refers to none before it"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let message = try arguments[0].bytesArgument()
        var out: [UInt8] = []
        var deflater = Deflater(windowBits: 15, forgets: true)
        guard deflater?.deflate(message.span.bytes, into: &out) == true else { throw .init("no memory") }
        return .bytes(out)
    },
    ProtocolFunction(
        "websocket.inflate", arguments: 1...1,
        usage: "websocket.inflate(bytes): what such a payload holds, at most 16 MiB; null when it is none"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let packed = try arguments[0].bytesArgument()
        let most = Limits().message
        var out: [UInt8] = []
        guard var inflater = Inflater(windowBits: 15) else { throw .init("no memory") }
        guard inflater.inflate(packed.span.bytes, into: &out, atMost: most) == nil,
            inflater.finish(into: &out, atMost: most - out.count, forgets: true) == nil
        else { return .null }
        return .bytes(out)
    },
]

/// Returns the values of the fields in a list that have a name.
private func values(_ arguments: [Value]) throws(ProtocolFunction.Refusal) -> [Value] {
    guard case .list(let fields) = arguments[0] else { throw .init("\(arguments[0]) is no list of header fields") }
    let name = HTTPToken.lowercased(try arguments[1].textArgument())
    return fields.compactMap { field in
        guard case .text(let other)? = field["name"], HTTPToken.lowercased(other) == name else { return nil }
        return field["value"]
    }
}
/// Splits a field value at its commas, except the ones in quoted strings (RFC 9110, sections 5.6.1 and 5.6.4).
private func fieldElements(_ value: String) -> [Substring] {
    var (isQuoted, isEscaped) = (false, false)
    return value.split { character in
        defer { isEscaped = isQuoted && !isEscaped && character == "\\" }
        if character == "\"", !isEscaped { isQuoted.toggle() }
        return character == "," && !isQuoted
    }
}
