import Node
import Wire

/// Functions of scenario expressions for what hubs say in plain HTTP.
let peerPigeonFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "peerpigeon.json", arguments: 1...1,
        usage: "peerpigeon.json(bytes or text): the value that a JSON text is; or null"
    ) { arguments throws(ProtocolFunction.Refusal) in
        switch arguments[0] {
        case .bytes(let bytes): return JSON.parse(bytes) ?? .null
        case .text(let text): return JSON.parse(Array(text.utf8)) ?? .null
        default: throw ProtocolFunction.Refusal("peerpigeon.json takes bytes or text")
        }
    }
]
