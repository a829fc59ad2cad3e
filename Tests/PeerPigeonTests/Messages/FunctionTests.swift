import Node
import Testing
import Wire

@testable import PeerPigeon

/// Functions of scenario expressions.
struct FunctionTests {
    private static func call(_ name: String, _ arguments: [Value]) throws -> Value {
        let function = try #require(peerPigeonFunctions.first { $0.name == name })
        return try function.apply(arguments)
    }
    private static func fields(_ all: [(String, String)]) -> Value {
        .list(all.map { .map([.init("name", .text($0.0)), .init("value", .text($0.1))]) })
    }

    /// The body of an answer by its length, in chunks, or all bytes. Null means that some bytes are missing.
    @Test(
        arguments: [
            ([("Content-Length", "3")], "abc", "abc"), ([("content-length", "3")], "abcd", "abc"),
            ([("Content-Length", "3")], "ab", nil), ([("Content-Length", "0")], "", ""),
            ([("Content-Length", "-1")], "", nil), ([], "ab", "ab"),
            ([("Transfer-Encoding", "chunked")], "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", "abc"),
            ([("Transfer-Encoding", "chunked")], "2\r\nab\r\n", nil),
            ([("Transfer-Encoding", "chunked")], "2\r\na", nil), ([("Transfer-Encoding", "chunked")], "", nil),
            ([("Transfer-Encoding", "chunked")], "x\r\na\r\n0\r\n\r\n", nil),
            ([("Transfer-Encoding", "chunked")], "7fffffffffffffff\r\na", nil),
        ] as [([(String, String)], String, String?)])
    func bodies(head: [(String, String)], bytes: String, body: String?) throws {
        let found = try Self.call("peerpigeon.body", [Self.fields(head), .bytes(Array(bytes.utf8))])
        #expect(found == body.map { .bytes(Array($0.utf8)) } ?? .null)
    }
    @Test func json() throws {
        #expect(try Self.call("peerpigeon.json", [.text("[1]")]) == .list([.uint(1)]))
        #expect(try Self.call("peerpigeon.json", [.bytes(Array("{".utf8))]) == .null)
        #expect(try Self.call("peerpigeon.json", [.null]) == .null)
        #expect(throws: ProtocolFunction.Refusal.self) { try Self.call("peerpigeon.json", [.uint(1)]) }
    }
}
