import Node
import Testing
import Wire

@testable import WebSocket

private let good = [
    "Host: server.example", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
]
/// Returns a valid request, except for these lines after the other lines.
private func request(_ lines: [String] = [], first: String = "GET / HTTP/1.1", _ fields: [String] = good) -> [UInt8] {
    utf8(([first] + fields + lines).joined(separator: "\r\n") + "\r\n\r\n")
}
/// Returns the answer of a server, which does not depend on the segments of the request.
private func answer(_ head: [UInt8]) -> String? {
    let answers = [1, 7, 1000, Int.max].map { pieces -> String? in
        var server = End.server()
        server.begin()
        server.receive(head, pieces: pieces)
        // The server keeps no part of the head, and reads no bytes after it.
        if server.session.state == .failing {
            #expect(server.session.pending.isEmpty && server.events.map(\.name) == ["refused"])
            let answered = server.sent.count
            server.receive(request())
            #expect(server.sent.count == answered)
        }
        return (try? UpgradeResponse(copying: server.sent))?.status.string()
    }
    #expect(Set(answers).count == 1, "\(answers)")
    return answers.first ?? nil
}

/// A head is refused as soon as it is too long. The server keeps at most the limit and one piece of it.
@Test(arguments: [
    "X-Long: " + String(repeating: "a", count: 1 << 20), String(repeating: "a", count: 1 << 20) + ": x",
    [String](repeating: "a: b", count: 10_000).joined(separator: "\r\n"),
    [String](repeating: "a:", count: 10_000).joined(separator: "\r\n"),
])
func longHeads(lines: String) {
    for pieces in [1, 1000, 65536] {
        var server = End.server()
        server.begin()
        var most = 0
        let all = request([lines])
        for start in stride(from: 0, to: all.count, by: pieces) where server.session.state == .connecting {
            server.receive(Array(all[start..<min(all.count, start + pieces)]))
            most = max(most, server.session.pending.count)
        }
        #expect(most <= Limits.headSize + pieces)
        #expect((try? UpgradeResponse(copying: server.take()))?.status.string() == "431")
    }
    // The head exceeds the number of fields, but not the number of bytes.
    #expect(answer(request([String](repeating: "a:", count: 96))) == "400")
    #expect(answer(request([String](repeating: "a:", count: 95))) == "101")
}

/// These heads make two readers of one stream see two different requests (RFC 9112, section 11.2).
@Test(arguments: [
    ["Content-Length: 0", "Content-Length: 0"], ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5"],
    ["Content-Length: +0"], ["Content-Length: 0, 0"], ["Content-Length: 00"], ["Content-Length: 0x0"],
    ["Content-Length: -1"], ["Content-Length: 18446744073709551616"], ["Content-Length:"],
    ["Content-Length: 0", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked"],
    ["Transfer-Encoding: identity"], ["transfer-encoding:\tchunked"], ["Transfer-Encoding: xchunked"],
    ["Transfer-Encoding : chunked"], ["Content-Length : 5"], ["Content-Length\t: 5"], [" Content-Length: 5"],
    ["X: a\r\n Content-Length: 5"], ["X: a\r\n\tb"], [": nameless"], ["no colon"], ["X: a\nContent-Length: 5"],
    ["X: a\rContent-Length: 5"], ["X: a\u{0}b"], ["X: \u{7f}"], ["X\u{0}: a"], ["X(y): a"], ["X: a\r"],
    ["Host: other.example"], ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], ["Sec-WebSocket-Version: 13"],
])
func smuggling(lines: [String]) {
    #expect(answer(request(lines)) == "400")
    #expect(answer(request(lines + good, [])) == "400")
}
@Test func theSameWithoutIt() {
    #expect(answer(request()) == "101")
    #expect(answer(request(["Content-Length: 0"])) == "101")
    #expect(answer(request(["X: a\tb ", "Y:", "Z: é"])) == "101")
}

/// First lines that other readers may interpret differently.
@Test(arguments: [
    ("get / HTTP/1.1", "405"), ("POST / HTTP/1.1", "405"), ("GET  / HTTP/1.1", "400"), (" GET / HTTP/1.1", "405"),
    ("GET /  HTTP/1.1", "505"), ("GET / a HTTP/1.1", "505"), ("GET / HTTP/1.1 ", "505"), ("GET\t/ HTTP/1.1", "400"),
    ("GET /\t HTTP/1.1", "400"), ("GET * HTTP/1.1", "400"), ("GET server.example:80 HTTP/1.1", "400"),
    ("GET /", "400"), ("GET", "400"), ("", "400"), ("GET / HTTP/1.0", "505"), ("GET / HTTP/2.0", "505"),
    ("GET / HTTP/01.1", "505"), ("GET / http/1.1", "505"), ("GET / HTTP/1.1\rX: y", "400"),
    ("GET /\u{0} HTTP/1.1", "400"),
    ("\r\nGET / HTTP/1.1", "400"), ("GET http://server.example/ HTTP/1.1", "101"), ("GET /a?b HTTP/1.1", "101"),
])
func firstLines(line: String, status: String) { #expect(answer(request(first: line)) == status) }

/// LF alone never ends a line.
@Test func bareLF() {
    let head = request()
    for at in head.indices where head[at] == 0x0d {
        var cut = head
        cut.remove(at: at)
        #expect(answer(cut) == "400", "without the CR at \(at)")
    }
    #expect(answer(head.filter { $0 != 0x0d }) == "400")
}

/// A client refuses an answer with the same errors, and sends nothing.
@Test(arguments: [
    "Content-Length: 5", "Content-Length: 0\r\nContent-Length: 0", "Transfer-Encoding: chunked", "X : a", "X: a\r\n b",
    "X: a\nY: b", ": a", "Upgrade: websocket", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "X: " + String(repeating: "a", count: 1 << 20), [String](repeating: "a:", count: 10_000).joined(separator: "\r\n"),
    "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Extensions: permessage-deflate",
])
func answersForClients(lines: String) {
    let client = ClientHandshake(key: "dGhlIHNhbXBsZSBub25jZQ==")
    let fields =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    for (head, isGood) in [(fields + "\r\n", true), (fields + lines + "\r\n\r\n", false)] {
        for pieces in [1, 1000, Int.max] {
            var end = End(Session(.client(client), random: Random(seed: 1)))
            end.begin()
            _ = end.take()
            end.receive(utf8(head), pieces: pieces)
            #expect(end.isOver == !isGood && end.sent.isEmpty)
            #expect(end.events.map(\.name) == [isGood ? "opened" : "refused"])
        }
    }
}
