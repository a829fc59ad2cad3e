import Node
import Testing

@Test(arguments: [
    ("127.0.0.1:7075", "127.0.0.1:7075"), ("localhost:1", "127.0.0.1:1"), ("0.0.0.0:0", "0.0.0.0:0"),
    ("255.255.255.255:65535", "255.255.255.255:65535"), ("[::1]:7075", "[::1]:7075"), ("[::]:80", "[::]:80"),
    ("[2001:DB8:0:0:1:0:0:1]:5", "[2001:db8::1:0:0:1]:5"), ("[::ffff:192.0.2.1]:5", "192.0.2.1:5"),
    ("[2001:db8::192.0.2.1]:5", "[2001:db8::c000:201]:5"), ("[1:0:0:2:0:0:0:3]:5", "[1:0:0:2::3]:5"),
    ("[1:2:3:4:5:6:7:8]:5", "[1:2:3:4:5:6:7:8]:5"), ("[1:0:3:4:5:6:7:8]:5", "[1:0:3:4:5:6:7:8]:5"),
    ("[fe80::]:5", "[fe80::]:5"), ("[1:2:3:4:5:6:1.2.3.4]:5", "[1:2:3:4:5:6:102:304]:5"),
    ("127.0.0.1:007", "127.0.0.1:7"),
])
func endpointsAreReadAndWritten(_ text: String, _ shown: String) throws {
    let e = try #require(Endpoint(text))
    #expect(e.description == shown)
    #expect(Endpoint(e.description) == e, "what is written is read again")
    #expect(Endpoint(address: e.address, port: e.port) == e)
}

@Test(arguments: [
    "", ":", "7075", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+5", "127.0.0.1: 5",
    "127.0.0.1:٣", "127.0.0.1:0x50", "127.0.0:5", "127.0.0.0.1:5", "127.0.0.256:5", "127.0.0.-1:5", "127.0.0.+1:5",
    "127..0.1:5",
    "::1:5", "[::1]", "[::1]5", "[::1:5", "[]:5", "[:]:5", "[:::]:5", "[1:2]:5", "[1:2:3:4:5:6:7:8:9]:5", "[1::2::3]:5",
    "[12345::]:5", "[+1::]:5", "[-1::]:5", "[g::]:5", "[1:2:3:4:5:6:7::8]:5", "[1.2.3.4::]:5", "[::1.2.3.4:5]:5",
    "[::1%lo]:5", "[127.0.0.1]:5", "example.com:5", "[[::1]]:5", "[::1]]:5", "[1:2:3:4:5:6:7:1.2.3.4]:5",
])
func malformedEndpointsAreRefused(_ text: String) { #expect(Endpoint(text) == nil) }

@Test func endpointParts() {
    let v4 = Endpoint(v4: 0xc000_0201, port: 5)
    #expect(v4.v4 == 0xc000_0201 && v4.host == "192.0.2.1" && v4.address.suffix(6) == [0xff, 0xff, 192, 0, 2, 1])
    #expect(Endpoint("[::1]:5")?.v4 == nil && Endpoint.loopback(9) == Endpoint("127.0.0.1:9"))
    #expect(Endpoint(high: 0, low: 0, port: 5).isUnspecified && Endpoint(v4: 0, port: 5).isUnspecified)
    #expect(!v4.isUnspecified && Endpoint("[::1]:5")?.isUnspecified == false)
    #expect(Endpoint(address: [UInt8](repeating: 0, count: 15), port: 5) == nil)
    #expect(Endpoint(address: [UInt8](repeating: 0, count: 17), port: 5) == nil)
    #expect(v4 < Endpoint(v4: 0xc000_0201, port: 6) && v4 < Endpoint(v4: 0xc000_0202, port: 1))
    #expect(v4 < Endpoint(high: 1, low: 0, port: 0))
    #expect(Endpoint(host: "::1", port: 5) == nil && Endpoint(host: "[::1]", port: 5) != nil)
}
