import Glibc
import Node
import TestThreads
import Testing

@testable import Network

/// Tests of connections over the loopback of this machine. Sockets of the test replace a network that would be too well
/// behaved.
@Suite(.waits) struct SocketNetworkTests {
    let network: SocketNetwork
    let log = Log()

    init() throws {
        network = try SocketNetwork()
        log.now = { [network] in network.now }
    }
    /// Returns an established connection: the dialing end and the dialed end.
    func connect(_ to: Endpoint = .loopback(0)) throws -> (ours: LinkID, theirs: LinkID) {
        let (_, at) = try network.listen(to)
        let ours = network.dial(at)
        let before = log.accepted.count
        try #require(log.wait(network) { log.opened.contains(ours) && log.accepted.count > before })
        return (ours, try #require(log.accepted.last))
    }
    /// Returns a blocking socket connected to a listener of the network, and the network's end of the connection.
    func foreign() throws -> (socket: Socket, theirs: LinkID) {
        let (_, at) = try network.listen(.loopback(0))
        let s = try #require(Socket.open(for: at))
        _ = fcntl(s.descriptor, F_SETFL, fcntl(s.descriptor, F_GETFL) & ~O_NONBLOCK)
        #expect(Socket.withAddress(at) { Glibc.connect(s.descriptor, $0, $1) } == 0)
        let before = log.accepted.count
        try #require(log.wait(network) { log.accepted.count > before })
        return (s, try #require(log.accepted.last))
    }

    @Test(arguments: [Endpoint.loopback(0), Endpoint(high: 0, low: 1, port: 0)])
    func talk(_ at: Endpoint) throws {
        let (ours, theirs) = try connect(at)
        let line = try #require(log.lines.first { $0.contains("opened") })
        #expect(line.contains(at.host))
        network.send([1, 2, 3], on: ours)
        network.send([], on: ours)
        network.send([4], on: ours)
        try #require(log.wait(network) { log.bytes[theirs]?.count == 4 })
        network.send([9], on: theirs)
        network.close(theirs, reset: false)
        try #require(log.wait(network) { log.endings[ours] != nil })
        #expect(log.bytes == [theirs: [1, 2, 3, 4], ours: [9]])
        #expect(log.endings == [ours: .closed])
    }
    /// The other side may continue to send, and its end is reported when it arrives.
    @Test func endingSendingAlone() throws {
        let (socket, theirs) = try foreign()
        defer { socket.close() }
        // More data than the system accepts at once: the end of the direction waits for the rest.
        let count = 8 << 20
        network.send([UInt8](repeating: 5, count: count), on: theirs)
        network.endSending(on: theirs)
        network.send([6], on: theirs)
        var got = 0
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            network.poll(until: network.now, log)
            let n = recv(socket.descriptor, &piece, piece.count, 0)
            guard n > 0 else { break }
            got += n
        }
        #expect(got == count)
        #expect(log.endings.isEmpty)
        #expect(Glibc.send(socket.descriptor, [9, 9], 2, 0) == 2)
        try #require(log.wait(network) { log.bytes[theirs]?.count == 2 })
        network.poll(until: network.now + .milliseconds(50), log)
        #expect(log.endings.isEmpty)
        #expect(shutdown(socket.descriptor, Int32(SHUT_WR)) == 0)
        try #require(log.wait(network) { log.endings[theirs] != nil })
        #expect(log.endings == [theirs: .closed])
    }
    @Test func reset() throws {
        let (ours, theirs) = try connect()
        network.close(ours, reset: true)
        try #require(log.wait(network) { log.endings[theirs] != nil })
        #expect(log.endings == [theirs: .reset])
    }
    @Test func refused() throws {
        let (id, at) = try network.listen(.loopback(0))
        network.stopListening(id)
        network.stopListening(try whenFree { try network.listen(at) }.0)
        let link = network.dial(at)
        #expect(log.failures.isEmpty)
        try #require(log.wait(network) { !log.failures.isEmpty })
        #expect(log.failures == [link: NetworkError("connect to", "\(at)", "Connection refused")])
        #expect(log.opened.isEmpty && log.endings.isEmpty)
    }
    /// `poll` reports a dial that fails at once like any other failure, unless the link was closed before.
    @Test func failsAtOnce() throws {
        // The system does not allow connections to a broadcast address.
        let nowhere = Endpoint(v4: 0xffff_ffff, port: 9)
        let (kept, givenUp) = (network.dial(nowhere), network.dial(nowhere))
        network.close(givenUp, reset: false)
        try #require(log.wait(network) { !log.failures.isEmpty })
        network.poll(until: network.now, log)
        #expect(Set(log.failures.keys) == [kept])
    }
    @Test func addressInUse() throws {
        let (_, at) = try network.listen(.loopback(0))
        #expect(throws: NetworkError("listen on", "\(at)", "Address already in use")) { try network.listen(at) }
        // An address for documentation, which no machine has (RFC 5737).
        let error = #expect(throws: NetworkError.self) { try network.listen(Endpoint(v4: 0xc000_0201, port: 0)) }
        #expect(error?.action == "listen on")
    }
    /// A port can be used again at once, even if old connections still exist in the system.
    @Test func portReuse() throws {
        let (id, at) = try network.listen(.loopback(0))
        let ours = network.dial(at)
        try #require(log.wait(network) { log.accepted.count == 1 && log.opened.contains(ours) })
        network.close(log.accepted[0], reset: false)
        network.stopListening(id)
        #expect(try whenFree { try network.listen(at) }.bound == at)
    }
    /// Data for a slow reader wait in order, and their memory is bounded.
    @Test func backpressure() throws {
        let (ours, theirs) = try connect()
        var random = Random(seed: 3)
        let bytes = random.bytes(8 << 20)
        // Without polls the other end reads nothing, so all data wait.
        for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
            network.send([UInt8](bytes[start..<start + (1 << 20)]), on: ours)
        }
        // The connection closes after the data are sent.
        network.close(ours, reset: false)
        network.send([1], on: ours)
        try #require(log.wait(network) { log.endings[theirs] != nil })
        #expect(log.endings == [theirs: .closed])
        #expect(log.bytes[theirs] == bytes)
        #expect(network.connections[ours.number] == nil)
    }
    /// The memory of sent data is freed, even for a reader that is always late.
    @Test func waitingBytesAreGivenBack() throws {
        let (socket, theirs) = try foreign()
        defer { socket.close() }
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        var (sent, read) = (0, 0)
        var most = 0
        for _ in 0..<64 {
            while (network.connections[theirs.number]?.left ?? 0) < 4 << 20 {
                network.send(piece, on: theirs)
                sent += piece.count
            }
            // The reader takes some of the data, but never all that wait.
            for _ in 0..<2 { read += max(0, recv(socket.descriptor, &chunk, chunk.count, 0)) }
            network.poll(until: network.now, log)
            most = max(most, network.connections[theirs.number]?.waiting.count ?? 0)
        }
        #expect(read > 8 << 20 && sent > read)
        #expect(most < 12 << 20)
        #expect(log.failures.isEmpty)
    }
    /// A peer that does not read cannot fill the memory.
    @Test func backlogResets() throws {
        let (socket, theirs) = try foreign()
        defer { socket.close() }
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        var sent = 0
        while network.connections[theirs.number] != nil, sent < 64 << 20 {
            network.send(piece, on: theirs)
            sent += piece.count
        }
        #expect(sent > SocketNetwork.backlog && sent < 64 << 20)
        #expect(log.failures.isEmpty)
        network.poll(until: network.now, log)
        #expect(log.failures[theirs]?.reason == "it does not read")
        #expect(log.failures[theirs]?.action == "send to")
    }
    /// A peer that ended its direction but still reads receives all data sent before this side closes, too.
    @Test func halfOpen() throws {
        let (socket, theirs) = try foreign()
        defer { socket.close() }
        let bytes = [UInt8](repeating: 5, count: 12 << 20)
        network.send(bytes, on: theirs)
        try #require((network.connections[theirs.number]?.left ?? 0) > 0)
        #expect(shutdown(socket.descriptor, Int32(SHUT_WR)) == 0)
        try #require(log.wait(network) { log.endings[theirs] != nil })
        #expect(log.endings == [theirs: .closed])
        var count = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while count < bytes.count {
            let n = recv(socket.descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if n < 0, errno == EAGAIN {
                network.poll(until: network.now, log)
                try #require(
                    network.connections[theirs.number] != nil
                        || recv(
                            socket.descriptor, &chunk, 1, Int32(MSG_PEEK)) > 0
                )
                continue
            }
            try #require(n > 0)
            count += n
        }
        #expect(count == bytes.count)
        #expect(log.wait(network) { network.connections[theirs.number] == nil })
        #expect(recv(socket.descriptor, &chunk, 1, 0) == 0)
        // The end is reported once.
        #expect(log.lines.count { $0.hasSuffix("closed") } == 1)
    }
    /// The peer ends its direction, then resets the connection while bytes wait. The end is reported once.
    @Test func halfOpenThenBroken() throws {
        let (socket, theirs) = try foreign()
        network.send([UInt8](repeating: 5, count: 12 << 20), on: theirs)
        shutdown(socket.descriptor, Int32(SHUT_WR))
        try #require(log.wait(network) { log.endings[theirs] != nil })
        socket.resetOnClose()
        socket.close()
        #expect(log.wait(network) { network.connections[theirs.number] == nil })
        #expect(log.endings == [theirs: .closed] && log.failures.isEmpty)
    }
    /// A link that was closed while bytes wait gets no more events, neither data nor the end.
    @Test(arguments: [false, true]) func closedWithBytesWaiting(_ isReset: Bool) throws {
        let (socket, theirs) = try foreign()
        network.send([UInt8](repeating: 5, count: 12 << 20), on: theirs)
        network.close(theirs, reset: false)
        #expect(network.connections[theirs.number] != nil)
        let before = log.lines.count
        for _ in 0..<10 {
            #expect(Glibc.send(socket.descriptor, [1, 2, 3], 3, Int32(MSG_NOSIGNAL)) == 3)
            network.poll(until: network.now, log)
        }
        if isReset {
            socket.resetOnClose()
        } else {
            // Read to the end, then close normally.
            var chunk = [UInt8](repeating: 0, count: 1 << 20)
            while recv(socket.descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT)) != 0 {
                network.poll(until: network.now, log)
            }
        }
        socket.close()
        #expect(log.wait(network) { network.connections[theirs.number] == nil })
        #expect(log.lines.count == before)
    }
    @Test func manyConnections() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let (_, at) = try network.listen(.loopback(0))
        log.onBytes = { [network] link, bytes in if bytes.count == 2 { network.send(bytes + [0], on: link) } }
        let links = (0..<500).map { _ in network.dial(at) }
        // Data sent before the connections are established wait.
        for (i, link) in links.enumerated() { network.send([UInt8(i / 256), UInt8(i % 256)], on: link) }
        try #require(log.wait(network) { links.allSatisfy { log.bytes[$0]?.count == 3 } })
        for (i, link) in links.enumerated() { #expect(log.bytes[link] == [UInt8(i / 256), UInt8(i % 256), 0]) }
        for link in links { network.close(link, reset: false) }
        try #require(log.wait(network) { log.endings.count == 500 })
        #expect(network.connections.isEmpty)
    }
    /// A poll at the deadline reports everything that has happened, however much.
    @Test func deadlineHasCome() throws {
        let (_, at) = try network.listen(.loopback(0))
        let links = (0..<200).map { _ in network.dial(at) }
        try #require(log.wait(network) { log.accepted.count == 200 && log.opened.count == 400 })
        for link in links { network.send([1], on: link) }
        // Loopback delivers while sending.
        network.poll(until: .zero, log)
        #expect(log.bytes.count == 200)
        let before = log.lines.count
        network.poll(until: .zero, log)
        #expect(log.lines.count == before)
    }
    @Test func pollReturnsAtTheDeadline() {
        let until = network.now + .milliseconds(30)
        while network.now < until { network.poll(until: until, log) }
        #expect(log.lines.isEmpty)
    }
    /// A client may close links and stop listening inside a callback while further events of the same poll wait.
    @Test func closeFromInside() throws {
        let (id, at) = try network.listen(.loopback(0))
        let links = (0..<20).map { _ in network.dial(at) }
        log.onOpen = { [network, log] link in
            guard log.accepted.contains(link) else { return }
            network.close(link, reset: false)
            if log.accepted.count == 10 { network.stopListening(id) }
        }
        try #require(log.wait(network) { links.allSatisfy { log.endings[$0] != nil || log.failures[$0] != nil } })
        #expect(log.accepted.count == 10)
        #expect(network.connections.isEmpty && network.listeners.isEmpty)

        // Inside `received`: the rest of the received data is not reported.
        log.onOpen = { _ in }
        let (ours, theirs) = try connect()
        network.send([UInt8](repeating: 1, count: 200_000), on: ours)
        log.onBytes = { [network] link, _ in network.close(link, reset: true) }
        try #require(log.wait(network) { log.endings[ours] != nil || log.failures[ours] != nil })
        let told = log.lines.count { $0.contains(" \(theirs.number) received") }
        #expect(told == 1)
        #expect(network.connections.isEmpty)
    }
}
