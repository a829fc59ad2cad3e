import Node
import Testing
import Wire

@testable import WebSocket

private func call(_ name: String, _ arguments: Value...) throws -> Value {
    let function = try #require(webSocketFunctions.first { $0.name == "websocket." + name })
    return try function.apply(arguments)
}

@Test func functionsOfExpressions() throws {
    #expect(try call("accept", "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(try call("key", .bytes(utf8("the sample nonce"))) == "dGhlIHNhbXBsZSBub25jZQ==")
    let headers: Value = [
        ["name": "A", "value": "1"], ["name": "Host", "value": "x"], ["name": "host", "value": "y"],
    ]
    #expect(try call("header", headers, "HOST") == "x")
    #expect(try call("header", headers, "b") == .null)
    #expect(try call("deflate", .bytes(utf8("Hello"))) == .bytes(hex("f2 48 cd c9 c9 07 00")))
    #expect(try call("inflate", .bytes(hex("f2 48 cd c9 c9 07 00"))) == .bytes(utf8("Hello")))
    #expect(try call("inflate", .bytes(hex("ff ff"))) == .null)
    #expect(try call("close_fault", .bytes([])) == .null)
    #expect(try call("close_fault", .bytes([0x03, 0xe8, 0xc3, 0xbc])) == .null)
    #expect(try call("close_fault", .bytes([3])) == "Close frame of 1 byte")
    #expect(throws: ProtocolFunction.Refusal.self) { try call("accept", 5) }
    #expect(throws: ProtocolFunction.Refusal.self) { try call("deflate", "text") }
    #expect(throws: ProtocolFunction.Refusal.self) { try call("header", "text", "a") }
}

@Test func elementsOfFields() throws {
    func fields(_ values: String...) -> Value {
        .list(values.map { ["name": "Sec-WebSocket-Extensions", "value": .text($0)] })
    }
    #expect(
        try call("tokens", fields(" A;b=\"x, \\\", y\" ,,c\t", "D"), "sec-websocket-extensions")
            == ["a;b=\"x, \\\", y\"", "c", "d"])
    let agreed = fields("other; p", "permessage-deflate;server_no_context_takeover; client_max_window_bits=\"10\"")
    #expect(
        try call("parameters", agreed, "permessage-deflate")
            == ["server_no_context_takeover", "client_max_window_bits"])
    #expect(try call("parameters", fields("permessage-deflate"), "permessage-deflate") == [])
    #expect(try call("parameter", agreed, "permessage-deflate", "client_max_window_bits") == "10")
    #expect(try call("parameter", agreed, "permessage-deflate", "server_no_context_takeover") == .null)
    #expect(try call("parameter", agreed, "permessage-deflate", "server_max_window_bits") == .null)
    #expect(try call("parameter", fields("other"), "permessage-deflate", "p") == .null)
    #expect(try call("parameters", fields("other; permessage-deflate"), "permessage-deflate") == .null)
    #expect(try call("parameters", fields("permessage-deflate; =5"), "permessage-deflate") == .null)
}
