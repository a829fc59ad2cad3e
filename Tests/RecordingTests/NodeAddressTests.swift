import Node
import Testing

@testable import Recording

struct NodeAddressTests {
    @Test(arguments: [
        ("10.0.0.2", "10.0.0.2:0", false), ("10.0.0.2:7075", "10.0.0.2:7075", true), ("::1", "[::1]:0", false),
        ("[::1]", "[::1]:0", false), ("[::1]:7075", "[::1]:7075", true), ("fe80::1:2", "[fe80::1:2]:0", false),
        ("localhost:1", "127.0.0.1:1", true),
    ])
    func reads(_ text: String, _ endpoint: String, _ hasPort: Bool) throws {
        let a = try #require(NodeAddress(text))
        #expect(a.endpoint.description == endpoint)
        #expect(a.hasPort == hasPort)
    }
    @Test(arguments: ["", "nobody", "10.0.0", "10.0.0.2:", "10.0.0.2:70000", "[::1", "1:2", "::1:x"])
    func refuses(_ text: String) { #expect(NodeAddress(text) == nil) }

    @Test func fits() throws {
        let any = try #require(NodeAddress("10.0.0.2"))
        let one = try #require(NodeAddress("10.0.0.2:7075"))
        let (a, b) = (try #require(Endpoint("10.0.0.2:7075")), try #require(Endpoint("10.0.0.2:7076")))
        #expect(any.fits(a) && any.fits(b) && one.fits(a) && !one.fits(b))
        #expect(!any.fits(try #require(Endpoint("10.0.0.3:7075"))))
    }
}
