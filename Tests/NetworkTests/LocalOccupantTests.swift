import Network
import Node
import Testing

/// The listeners that stand in the way of a node at an address.
@Suite struct LocalOccupantTests {
    @Test(arguments: [Transport.tcp, .udp], [Endpoint.loopback(0), Endpoint(high: 0, low: 1, port: 0)])
    func findsListenerUntilItEnds(_ transport: Transport, _ place: Endpoint) throws {
        let network = try SocketNetwork()
        let (id, at) = try network.listen(place, transport)
        let found = try #require(LocalOccupant(at: at, transport))
        #expect(found.isThere)
        network.stopListening(id)
        #expect(isSoon { !found.isThere && LocalOccupant(at: at, transport) == nil })
        // A new listener at the same address is another one.
        let (_, _) = try whenFree { try network.listen(at, transport) }
        #expect(!found.isThere && LocalOccupant(at: at, transport) != nil)
    }
    /// The other transport, other addresses of this machine, and addresses of other machines do not matter.
    @Test func ignoresOtherAddresses() throws {
        let network = try SocketNetwork()
        let (_, at) = try network.listen(.loopback(0), .tcp)
        #expect(LocalOccupant(at: at, .udp) == nil)
        #expect(LocalOccupant(at: Endpoint(v4: 0x7f00_0002, port: at.port), .tcp) == nil)
        #expect(LocalOccupant(at: Endpoint(v4: 0xc000_0201, port: at.port), .tcp) == nil)
    }
    /// A listener at all addresses has each of them.
    @Test func findsListenerAtAllAddresses() throws {
        let network = try SocketNetwork()
        let (_, at) = try network.listen(Endpoint(v4: 0, port: 0), .tcp)
        #expect(LocalOccupant(at: .loopback(at.port), .tcp) != nil)
    }
    /// Connections of a server that has ended do not keep its address.
    @Test func ignoresConnections() throws {
        let driver = Driver(try SocketNetwork())
        let (id, at) = try driver.listen(.loopback(0), .tcp)
        let client = Driver(try SocketNetwork())
        _ = client.dial(at)
        _ = client.next(until: client.now + .seconds(5))
        _ = driver.next(until: driver.now + .seconds(5))
        driver.stopListening(id)
        #expect(isSoon { LocalOccupant(at: at, .tcp) == nil })
    }
}
