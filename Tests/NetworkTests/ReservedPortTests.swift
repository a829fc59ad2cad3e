import Network
import Node
import Testing

@Suite(.serialized) struct ReservedPortTests {
    /// Both would begin at the same port, as two processes would whose numbers are 12,000 apart.
    @Test(arguments: [Transport.tcp, .udp]) func aReservedPortIsGivenOnce(_ transport: Transport) throws {
        let first = try ReservedPort(transport)
        let second = try ReservedPort(transport)
        #expect(first.port != second.port)
        // The node can listen at it.
        let network = try SocketNetwork()
        #expect(try network.listen(.loopback(first.port), transport).bound.port == first.port)
    }
    @Test func aTakenPortIsNotGiven() throws {
        var reserved: ReservedPort? = try ReservedPort(.tcp)
        let port = try #require(reserved?.port)
        let network = try SocketNetwork()
        _ = try network.listen(.loopback(port), .tcp)
        reserved = nil
        #expect(try ReservedPort(.tcp).port != port)
    }
}
