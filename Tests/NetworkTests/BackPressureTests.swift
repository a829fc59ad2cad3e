import Glibc
import Node
import TestThreads
import Testing
import Wire

@testable import Network

/// Tests of a peer that does not read: the reported events, and the fate of its connection.
@Suite(.waits) struct BackPressureTests {
    let network: SocketNetwork

    init() throws { network = try SocketNetwork() }

    /// A client that records the numbers of unsent bytes.
    final class Waiting: NetworkClient {
        var accepted: LinkID?
        var told: [Int] = []
        func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) { accepted = link }
        func received(_ bytes: RawSpan, on link: LinkID) {}
        func unsent(_ bytes: Int, on link: LinkID) { told.append(bytes) }
        func ended(_ link: LinkID, _ ending: Ending) {}
        func failed(_ link: LinkID, _ error: NetworkError) {}
    }
    /// Connects a blocking socket of the test.
    func connected(_ to: Endpoint) throws -> Socket {
        let socket = try #require(Socket.open(for: to))
        _ = fcntl(socket.descriptor, F_SETFL, fcntl(socket.descriptor, F_GETFL) & ~O_NONBLOCK)
        #expect(Socket.withAddress(to) { Glibc.connect(socket.descriptor, $0, $1) } == 0)
        return socket
    }
    func accept(_ client: Waiting) throws -> (socket: Socket, theirs: LinkID) {
        let (_, at) = try network.listen(.loopback(0))
        let socket = try connected(at)
        for _ in 0..<400 where client.accepted == nil { network.poll(until: network.now + .milliseconds(50), client) }
        return (socket, try #require(client.accepted))
    }

    /// The network limits the bytes of all queues together. It resets the connections with the longest queues first.
    @Test func resetsConnectionsWithLongestQueuesFirst() throws {
        let limit = 8 << 20
        let network = try SocketNetwork(totalBacklog: limit)
        final class Many: NetworkClient {
            var accepted: [LinkID] = []
            var failed: [LinkID: String] = [:]
            func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) { accepted.append(link) }
            func received(_ bytes: RawSpan, on link: LinkID) {}
            func ended(_ link: LinkID, _ ending: Ending) {}
            func failed(_ link: LinkID, _ error: NetworkError) { failed[link] = error.reason }
        }
        let client = Many()
        let (_, at) = try network.listen(.loopback(0))
        var sockets: [Socket] = []
        defer { for s in sockets { s.close() } }
        for i in 0..<4 {
            sockets.append(try connected(at))
            for _ in 0..<400 where client.accepted.count <= i {
                network.poll(until: network.now + .milliseconds(50), client)
            }
        }
        let links = client.accepted
        #expect(network.totalUnsent == 0)
        // One connection gets three times the bytes of each other one. The system takes the first part of them.
        let piece = [UInt8](repeating: 0, count: 1 << 16)
        var (sent, most) = (0, 0)
        while network.connections[links[0].number] != nil, sent < 2000 {
            for i in [0, 0, 0, 1, 2, 3] { network.send(piece, on: links[i]) }
            sent += 1
            most = max(most, network.totalUnsent)
        }
        #expect(most > limit / 2 && most <= limit && sent < 2000)
        #expect(client.failed.isEmpty)
        network.poll(until: network.now, client)
        #expect(Array(client.failed.keys) == [links[0]])
        #expect(client.failed.values.first?.contains("\(limit) bytes wait for all peers together") == true)
        #expect(network.totalUnsent == links.reduce(0) { $0 + network.unsent(on: $1) })
        // The client gets no event for a connection that it has closed. Its bytes count until the connection is gone.
        network.close(links[1], reset: false)
        #expect(network.totalUnsent == links.reduce(0) { $0 + network.unsent(on: $1) })
        for _ in 0..<2000 where network.connections[links[1].number] != nil {
            network.send(piece, on: links[2])
            network.send(piece, on: links[3])
            // The network also drops a closed connection when its queue is the longest.
            if network.unsent(on: links[1]) < network.unsent(on: links[2]) { break }
        }
        network.poll(until: network.now, client)
        #expect(client.failed[links[1]] == nil && network.totalUnsent <= limit)
        network.close(links[2], reset: true)
        network.close(links[1], reset: true)
        #expect(network.totalUnsent == network.unsent(on: links[3]))
        // The remaining connection receives all its bytes.
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<100_000 where network.unsent(on: links[3]) > 0 {
            _ = recv(sockets[3].descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            network.poll(until: network.now, client)
        }
        #expect(network.totalUnsent == 0 && network.connections[links[3].number] != nil)
    }
    /// The network frees the bytes that it has sent while the rest of the queue waits.
    @Test func freesSentBytesOfAQueue() throws {
        let client = Waiting()
        let (socket, theirs) = try accept(client)
        defer { socket.close() }
        network.send([UInt8](repeating: 0, count: 15 << 20), on: theirs)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var isTight = true
        for _ in 0..<100_000 where network.unsent(on: theirs) > 0 {
            _ = recv(socket.descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            network.poll(until: network.now, client)
            let held = network.connections[theirs.number]?.waiting.capacity ?? 0
            if held > 2 * network.unsent(on: theirs) + (1 << 20) { isTight = false }
        }
        #expect(isTight && network.unsent(on: theirs) == 0)
    }
    /// The next poll reports the unsent bytes once for any number of sends. Later polls report each decrease, down to
    /// 0.
    @Test func toldUntilAllIsOut() throws {
        let client = Waiting()
        let (socket, theirs) = try accept(client)
        defer { socket.close() }
        network.send([1, 2, 3], on: theirs)
        network.poll(until: network.now, client)
        #expect(client.told == [])
        for _ in 0..<12 { network.send([UInt8](repeating: 0, count: 1 << 20), on: theirs) }
        #expect(client.told == [])
        network.poll(until: network.now, client)
        let first = try #require(client.told.first)
        #expect(first > 1 << 20 && first <= 12 << 20)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<100_000 where client.told.last != 0 {
            _ = recv(socket.descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            network.poll(until: network.now, client)
        }
        #expect(client.told.last == 0 && client.told.count > 2)
        #expect(zip(client.told, client.told.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(network.unsent(on: theirs) == 0)
    }
    /// A closed connection is reset after a time if its peer reads no waiting bytes. No further event is reported.
    @Test func closedAndUnread() throws {
        let client = Waiting()
        let (socket, theirs) = try accept(client)
        defer { socket.close() }
        network.patience = .milliseconds(1)
        network.send([UInt8](repeating: 0, count: 12 << 20), on: theirs)
        network.close(theirs, reset: false)
        #expect(network.connections[theirs.number]?.isClosing == true && network.closing.count == 1)
        for _ in 0..<1000 where network.connections[theirs.number] != nil {
            network.poll(until: network.now + .milliseconds(50), client)
        }
        #expect(network.connections[theirs.number] == nil && network.closing.isEmpty)
        #expect(client.told == [])
    }

    /// A client that answers each piece twice, and closes the connection on request.
    final class Answering: NetworkClient {
        let network: SocketNetwork
        var closes = false
        var unsent: [Int] = []
        init(_ network: SocketNetwork) { self.network = network }
        func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) {}
        func received(_ bytes: RawSpan, on link: LinkID) {
            for _ in 0..<2 {
                network.send([1, 2, 3], on: link)
                unsent.append(network.unsent(on: link))
            }
            if closes { network.close(link, reset: false) }
        }
        func ended(_ link: LinkID, _ ending: Ending) {}
        func failed(_ link: LinkID, _ error: NetworkError) {}
    }
    /// Data sent during the events of a poll leave in one piece at its end, or before the connection is closed.
    @Test(arguments: [false, true]) func gathered(closes: Bool) throws {
        let (socket, theirs) = try accept(Waiting())
        defer { socket.close() }
        let client = Answering(network)
        client.closes = closes
        #expect(Glibc.send(socket.descriptor, [9], 1, 0) == 1)
        for _ in 0..<400 where client.unsent.isEmpty { network.poll(until: network.now + .milliseconds(50), client) }
        #expect(client.unsent == [3, 6] && network.unsent(on: theirs) == 0)
        var answer = [UInt8](repeating: 0, count: 8)
        #expect(recv(socket.descriptor, &answer, 8, 0) == 6)
        #expect((network.connections[theirs.number] == nil) == closes)
        #expect(answer.prefix(6) == [1, 2, 3, 1, 2, 3])
    }

    /// A node that sends a lot of data to each peer, and closes the connection if too many bytes wait.
    struct Flooder: Node {
        var deadline: Instant? { nil }
        mutating func start(now: Instant, _ out: inout [Action]) {}
        mutating func opened(_ link: LinkID, peer: Endpoint, by: Opener, now: Instant, _ out: inout [Action]) {
            out.append(.send(link, [UInt8](repeating: 0, count: 12 << 20)))
        }
        mutating func received(_ bytes: RawSpan, on link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func unsent(_ bytes: Int, on link: LinkID, now: Instant, _ out: inout [Action]) {
            out += [.report(Event("unsent", link, [.init("bytes", .uint(UInt64(bytes)))])), .close(link)]
        }
        mutating func closed(_ link: LinkID, now: Instant, _ out: inout [Action]) {}
        mutating func unreachable(_ peer: Endpoint, now: Instant, _ out: inout [Action]) {}
        mutating func wake(now: Instant, _ out: inout [Action]) {}
    }
    /// The driver reports unsent bytes to the node that owns the connection, which decides.
    @Test func aNodeDecides() throws {
        let driver = Driver(network)
        driver.tellsReports = true
        let (listener, at) = try driver.listen(.loopback(0))
        driver.add(Flooder(), listeners: [listener])
        let socket = try connected(at)
        defer { socket.close() }
        var told: Event?
        for _ in 0..<400 where told == nil {
            if case .reported(_, let event)? = driver.next(until: driver.now + .milliseconds(50)) { told = event }
        }
        let bytes = try #require(told?.details.first?.value)
        guard case .uint(let count) = bytes else { return #expect(Bool(false), "no number") }
        #expect(count > 1 << 20 && driver.owners.isEmpty)
    }
}
