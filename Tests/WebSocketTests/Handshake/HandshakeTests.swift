import Crypto
import Node
import Testing
import Wire

@testable import WebSocket

/// The example of RFC 6455, section 1.3.
@Test func acceptKeyOfTheRFC() {
    #expect(AcceptKey.answering("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
}

/// The answer to the example equals the one in the RFC.
@Test func serverAnswersTheExample() throws {
    var server = ServerHandshake()
    server.subprotocols = ["chat"]
    let request = try Upgrade(copying: exampleRequest)
    let (response, agreed) = try server.accept(request, in: RawSpan())
    #expect(response.encoded() == exampleResponse)
    #expect(agreed == Agreement(target: "/chat", subprotocol: "chat") && agreed.speaks == "/chat chat")
}

/// The absolute form of a target names the same resource.
@Test(arguments: [
    ("http://server.example.com/chat", "/chat"), ("https://server.example.com/a?b=/c", "/a?b=/c"),
    ("http://server.example.com", "/"), ("http://server.example.com?a", "/?a"), ("/http://a/", "/http://a/"),
])
func absoluteFormNamesTheSameResource(target: String, resource: String) throws {
    let changed = try request { $0 = $0.replacing("GET /chat ", with: "GET \(target) ") }
    #expect(try ServerHandshake().accept(changed, in: RawSpan()).agreed.target == resource)
}

private func request(_ change: (inout String) -> Void) throws -> Upgrade {
    var text = String(decoding: exampleRequest, as: UTF8.self)
    change(&text)
    return try Upgrade(copying: utf8(text))
}

/// The request has one change. The rows have the status code and the field that the refusal names.
@Test(arguments: [
    ("GET", "POST", 405, "method"), ("HTTP/1.1", "HTTP/1.0", 505, "version"), ("HTTP/1.1", "HTTP/11", 505, "version"),
    ("/chat", "chat", 400, "target"), ("Host: server.example.com\r\n", "", 400, ""),
    ("Origin:", "Host:", 400, "headers[4]"), ("Upgrade: websocket", "Upgrade: h2c", 426, "headers"),
    ("Upgrade: websocket", "Upgrade: websoc\u{212a}et", 426, "headers"),
    ("Connection: Upgrade", "Connection: close", 400, ""), ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIA==", 400, "headers[3]"),
    ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ", 400, "headers[3]"),
    ("Origin:", "Sec-WebSocket-Key:", 400, "headers[4]"), ("Version: 13", "Version: 8", 426, "headers[6]"),
    ("Sec-WebSocket-Version: 13\r\n", "", 400, ""),
    ("Origin: http://example.com", "Content-Length: 5", 400, "headers[4]"),
    ("Origin: http://example.com", "Content-Length: 0, 0", 400, "headers[4]"),
    ("Origin: http://example.com", "Transfer-Encoding: chunked", 400, "headers[4]"),
    ("Origin: http://example.com", "Sec-WebSocket-Extensions: a b", 400, "headers[4]"),
])
func refusedRequests(old: String, new: String, status: Int, path: String) throws {
    let changed = try request { text in
        guard let range = text.firstRange(of: old) else { return }
        text.replaceSubrange(range, with: new)
    }
    do throws(HandshakeError) {
        _ = try ServerHandshake().accept(changed, in: RawSpan())
        Issue.record("\(new) is accepted")
    } catch {
        #expect(error.status == status && error.path == path, "\(error)")
        if let n = path.split(separator: "[").last.flatMap({ Int($0.dropLast()) }) {
            let start = changed.method.bytes.count + changed.target.bytes.count + changed.version.bytes.count
            let before = changed.headers[..<n].reduce(start) { $0 + $1.encoded().count }
            #expect(error.offset == before)
        }
        let refusal = ServerHandshake.refusal(error)
        #expect(refusal.status.string() == String(status))
        let answered = HeaderList(refusal.headers, from: 0, in: RawSpan())
        #expect(answered.all("sec-websocket-version").first?.value == (status == 426 ? "13" : nil))
    }
}

/// Other valid forms: lists, upper and lower case, an empty body, a higher version.
@Test(arguments: [
    ("Connection: Upgrade", "Connection: keep-alive, UPGRADE"), ("Upgrade: websocket", "Upgrade: h2c, WebSocket"),
    ("Origin: http://example.com", "Content-Length: 0"), ("HTTP/1.1", "HTTP/1.2"), ("/chat", "http://a/chat?x=y"),
    ("Host:", "hOST:"),
])
func lawfulRequests(old: String, new: String) throws {
    let changed = try request { text in
        guard let range = text.firstRange(of: old) else { return }
        text.replaceSubrange(range, with: new)
    }
    #expect(throws: Never.self) { try ServerHandshake().accept(changed, in: RawSpan()) }
}

/// A client refuses these responses.
@Test(arguments: [
    ("101", "200", "status"), ("HTTP/1.1", "HTTP/1.0", "version"), ("websocket", "h2c", "headers[0]"),
    ("websocket", "websoc\u{212a}et", "headers[0]"),
    ("Connection: Upgrade", "Connection: close", ""), ("s3pP", "t3pP", "headers[2]"),
    ("chat", "superchat", "headers[3]"),
    ("Upgrade: websocket\r\n", "", ""), ("Sec-WebSocket-Accept", "X-Accept", ""),
    ("Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate", "headers[3]"),
    ("Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: x-unknown", "headers[3]"),
    ("Sec-WebSocket-Protocol: chat", "Transfer-Encoding: chunked", "headers[3]"),
    ("Sec-WebSocket-Protocol: chat", "Connection: Upgrade\r\nUpgrade: websocket", "headers[4]"),
])
func refusedResponses(old: String, new: String, path: String) throws {
    var client = ClientHandshake(key: "dGhlIHNhbXBsZSBub25jZQ==")
    client.subprotocols = ["chat"]
    let good = try UpgradeResponse(copying: exampleResponse)
    #expect(try client.check(good, in: RawSpan()).subprotocol == "chat")
    var text = String(decoding: exampleResponse, as: UTF8.self)
    if let range = text.firstRange(of: old) { text.replaceSubrange(range, with: new) }
    let changed = try UpgradeResponse(copying: utf8(text))
    do throws(HandshakeError) {
        _ = try client.check(changed, in: RawSpan())
        Issue.record("\(new) is accepted")
    } catch {
        #expect(error.path == path, "\(error)")
    }
}

/// A key has 16 bytes and is different for each connection.
@Test func keysOfClients() {
    var random = Seeded(3)
    let keys = (0..<3).map { _ in random.key() }
    #expect(Set(keys).count == 3 && keys.allSatisfy { Base64.decode(utf8($0))?.count == 16 })
}
