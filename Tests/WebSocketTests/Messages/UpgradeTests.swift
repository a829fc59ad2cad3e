import Testing
import Wire

@testable import WebSocket

/// The example of RFC 6455, section 1.2.
let exampleRequest = utf8(
    """
    GET /chat HTTP/1.1\r
    Host: server.example.com\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Origin: http://example.com\r
    Sec-WebSocket-Protocol: chat, superchat\r
    Sec-WebSocket-Version: 13\r
    \r

    """)
let exampleResponse = utf8(
    """
    HTTP/1.1 101 Switching Protocols\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
    Sec-WebSocket-Protocol: chat\r
    \r

    """)

@Test func headsOfTheRFC() throws {
    let request = try Upgrade(copying: exampleRequest)
    #expect(request.method.string() == "GET" && request.target.string() == "/chat")
    #expect(request.version.string() == "HTTP/1.1" && request.headers.count == 7)
    #expect(request.headers[5].name.string() == "Sec-WebSocket-Protocol")
    #expect(request.headers[5].value.string() == "chat, superchat")
    #expect(request.encoded() == exampleRequest)
    let response = try UpgradeResponse(copying: exampleResponse)
    #expect(response.status.string() == "101" && response.reason.string() == "Switching Protocols")
    #expect(response.encoded() == exampleResponse)
}

@Test func headsNeedMoreAtEveryByte() {
    for count in 0..<exampleRequest.count {
        guard case .needMore = Upgrade.prefix(of: exampleRequest.span.bytes.extracting(0..<count)) else {
            Issue.record("\(count) bytes are not the beginning of a request")
            continue
        }
        #expect(Upgrade.check(Array(exampleRequest[..<count]))?.reason == .truncated)
    }
    for count in 0..<exampleResponse.count {
        guard case .needMore = UpgradeResponse.prefix(of: exampleResponse.span.bytes.extracting(0..<count)) else {
            Issue.record("\(count) bytes are not the beginning of a response")
            continue
        }
    }
}

/// A head that other readers may interpret differently is refused at its place.
@Test(arguments: [
    ("GET / HTTP/1.1\nHost: a\r\n\r\n", "version", 6), ("GET / HTTP/1.1\r\nHost: a\n\r\n", "headers[0].value", 21),
    ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "headers[1].name", 25),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "headers[0].name", 16),
    ("GET / HTTP/1.1\r\n: a\r\n\r\n", "headers[0].name", 16),
    ("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", "headers[0].value", 21),
    ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "headers[0].value", 21),
    ("GET / HTTP/1.1\r\nHost\r\n\r\n", "headers[0].name", 16), ("GET\t/ HTTP/1.1\r\n\r\n", "method", 0),
    ("GE\u{1b} / HTTP/1.1\r\n\r\n", "method", 0), ("GET / HTTP/1.1\r\nHo\u{e9}st: a\r\n\r\n", "headers[0].name", 16),
    ("GET /a\u{7f}b HTTP/1.1\r\n\r\n", "target", 4),
])
func malformedHeads(text: String, path: String, offset: Int) {
    let error = Upgrade.check(utf8(text))
    #expect(error?.reason == .illegal && error?.path == path && error?.offset == offset, "\(String(describing: error))")
}

@Test func numberOfHeaderFields() {
    func head(_ count: Int) -> [UInt8] {
        utf8("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: count) + "\r\n")
    }
    #expect(Upgrade.check(head(100)) == nil)
    #expect(Upgrade.check(head(101))?.path == "headers")
}

/// A scenario can send each part wrong. Text gets its line end, and bytes remain unchanged.
@Test func headsFromFields() {
    let (bytes, errors) = Upgrade.encode([
        "method": "POST", "target": "/x", "version": .bytes(utf8("HTTP/1.0\n")),
        "headers": [
            ["name": "Host", "value": "a"], ["name": .bytes(utf8("B :")), "value": .bytes(utf8("c\r\n d\r\n"))],
        ],
    ])
    #expect(errors == [])
    #expect(String(decoding: bytes, as: UTF8.self) == "POST /x HTTP/1.0\nHost: a\r\nB :c\r\n d\r\n\r\n")
    let (response, wrong) = UpgradeResponse.encode(["status": 404, "reason": ""])
    #expect(wrong == [] && String(decoding: response, as: UTF8.self) == "HTTP/1.1 404 \r\n\r\n")
}

/// The spaces around a value do not belong to it.
@Test(arguments: ["a:b\r\n", "a: b\r\n", "a: \t b \t\r\n"])
func spacesAroundValues(line: String) throws {
    let field = try HeaderField(copying: utf8(line))
    #expect(field.name.string() == "a" && field.value.string() == "b" && field.encoded() == utf8(line))
}
