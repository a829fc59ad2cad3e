import Network
import Node
import Testing

struct ResolverTests {
    @Test(arguments: [
        ("127.0.0.1:7075", "127.0.0.1:7075"), ("[::1]:7075", "[::1]:7075"), ("localhost:1", "127.0.0.1:1"),
        ("[::ffff:10.0.0.1]:9", "10.0.0.1:9"), ("0.0.0.0:0", "0.0.0.0:0"),
        // Old resolvers accept this form.
        ("127.1:80", "127.0.0.1:80"),
    ]) func good(_ text: String, _ wanted: String) throws {
        #expect(try Resolver.resolve(text).description == wanted)
    }
    @Test(arguments: [
        "", ":", "7075", "127.0.0.1", "127.0.0.1:", ":7075", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
        "127.0.0.1:0x1", "127.0.0.1: 1", "::1:7075", "a:1:2", "[::1]", "[::1:7075", "localhost:٣",
    ]) func malformed(_ text: String) {
        let error = #expect(throws: NetworkError.self) { try Resolver.resolve(text) }
        #expect(error?.isMalformed == true)
        #expect(error?.description.contains("write HOST:PORT") == true)
    }
    /// `.invalid` is reserved, so no resolver knows the name (RFC 6761).
    @Test func unknownName() {
        let error = #expect(throws: NetworkError.self) { try Resolver.resolve("nobody.invalid:7075") }
        #expect(error?.isMalformed == false)
        #expect(error?.description.hasPrefix("cannot resolve nobody.invalid:7075: ") == true)
    }
}
