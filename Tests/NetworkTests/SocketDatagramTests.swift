import Glibc
import Node
import TestThreads
import Testing

@testable import Network

/// Tests of behaviour that only real sockets have.
@Suite(.waits) struct SocketDatagramTests {
    let network: SocketNetwork
    let log = Log()

    init() throws {
        network = try SocketNetwork()
        log.now = { [network] in network.now }
    }
    /// If there is no listener, the system reports that. `poll` reports it once, no matter whether a read or a write
    /// found it.
    @Test(arguments: [false, true]) func refused(_ sendsAgain: Bool) throws {
        let (id, at) = try network.listen(.loopback(0), .udp)
        network.stopListening(id)
        let link = network.dial(at, .udp)
        network.send([1], on: link)
        if sendsAgain { for _ in 0..<3 { network.send([2], on: link) } }
        #expect(log.lines.isEmpty)
        try #require(log.wait(network) { !log.endings.isEmpty })
        network.send([3], on: link)
        network.poll(until: network.now + .milliseconds(1), log)
        #expect(log.endings == [link: .reset] && log.failures.isEmpty)
        #expect(log.lines.count == 2 && log.opened == [link])
        #expect(network.datagramSockets.isEmpty && network.datagramLinks.isEmpty)
    }
    /// Data that arrived before the refusal are reported before the end.
    @Test(arguments: [false, true]) func refusedAfterAnAnswer(_ sendsAgain: Bool) throws {
        let peer = try #require(Socket.open(for: .loopback(0), .udp))
        #expect(Socket.withAddress(.loopback(0)) { bind(peer.descriptor, $0, $1) } == 0)
        let link = network.dial(try #require(peer.local), .udp)
        network.send([1], on: link)
        let d = DatagramSocket(peer, id: 0, peer: nil, limit: 1)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
        defer { buffer.deallocate() }
        let from = try #require(d.read(buffer)?.from)
        for i: UInt8 in 5...7 { #expect(d.write([i], to: from) == .sent) }
        d.close()
        network.send([2], on: link)
        if sendsAgain { network.send([3], on: link) }
        try #require(log.wait(network) { !log.endings.isEmpty })
        #expect(log.bytes[link] == [5, 6, 7])
        #expect(log.endings == [link: .reset])
    }
    /// Datagrams that the system dropped are counted, also for closed sockets.
    @Test func lostForWantOfRoom() throws {
        let (id, at) = try network.listen(.loopback(0), .udp)
        let link = network.dial(at, .udp)
        #expect(network.lostDatagrams == 0)
        let datagram = [UInt8](repeating: 1, count: 60_000)
        for _ in 0..<2000 { network.send(datagram, on: link) }
        let lost = network.lostDatagrams
        #expect(lost > 0)
        // The system counts them for any owner of the socket; some may still be in transit.
        let seen = try SocketNetwork().lostDatagrams(at: at)
        #expect(lost <= seen && seen <= network.lostDatagrams)
        #expect(network.lostDatagrams(at: .loopback(at.port ^ 1)) == 0)
        #expect(network.lostDatagrams(at: Endpoint(v4: 0x7f00_0002, port: at.port)) == 0)
        #expect(network.lostDatagrams(at: Endpoint(v4: 0x0a00_0001, port: at.port)) == 0)
        network.stopListening(id)
        #expect(network.lostDatagrams >= lost)
        let other = try SocketNetwork()
        #expect(other.lostDatagrams == 0)
    }
    /// A listening socket outlives its peers.
    @Test func peerGone() throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let link = network.dial(at, .udp)
        network.send([1], on: link)
        try #require(log.wait(network) { log.accepted.count == 1 })
        network.close(link, reset: false)
        for _ in 0..<3 {
            network.send([2], on: log.accepted[0])
            network.poll(until: network.now + .milliseconds(1), log)
        }
        let other = network.dial(at, .udp)
        network.send([3], on: other)
        try #require(log.wait(network) { log.accepted.count == 2 })
        #expect(log.endings.isEmpty && log.failures.isEmpty)
    }
    /// A socket bound to all IPv6 addresses also receives IPv4, and answers.
    @Test func bothFamilies() throws {
        let (_, at) = try network.listen(Endpoint(high: 0, low: 0, port: 0), .udp)
        log.onBytes = { [network, log] link, bytes in
            if log.accepted.contains(link) { network.send(bytes + [9], on: link) }
        }
        let four = network.dial(.loopback(at.port), .udp)
        let six = network.dial(Endpoint(high: 0, low: 1, port: at.port), .udp)
        network.send([4], on: four)
        network.send([6], on: six)
        try #require(log.wait(network) { log.bytes[four] != nil && log.bytes[six] != nil })
        #expect(log.bytes[four] == [4, 9] && log.bytes[six] == [6, 9])
        #expect(log.lines.contains { $0.contains("accepted 127.0.0.1:") })
        #expect(log.lines.contains { $0.contains("accepted [::1]:") })
    }
    /// `poll` reports a dial that fails, unless the link was closed before.
    @Test func failsAtOnce() throws {
        let nowhere = Endpoint(v4: 0xffff_ffff, port: 9)
        let (kept, givenUp) = (network.dial(nowhere, .udp), network.dial(nowhere, .udp))
        network.close(givenUp, reset: false)
        network.poll(until: network.now, log)
        network.poll(until: network.now, log)
        #expect(Set(log.failures.keys) == [kept] && log.lines.count == 1)
        // An address for documentation, which no machine has (RFC 5737).
        #expect(throws: NetworkError.self) { try network.listen(Endpoint(v4: 0xc000_0201, port: 0), .udp) }
        #expect(network.datagramSockets.isEmpty)
    }
    /// One poll receives everything that has arrived, from any number of senders, and reports each event once.
    @Test func oneLook() throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let links = (0..<100).map { _ in network.dial(at, .udp) }
        for link in links { network.send([1], on: link) }
        network.poll(until: .zero, log)
        #expect(log.accepted.count == 100 && log.bytes.count == 100)
        #expect(log.opened.count == 200)
        let before = log.lines.count
        network.poll(until: .zero, log)
        #expect(log.lines.count == before)
    }
    /// A client that redials inside `failed` and `ended` gets another turn, and other links get theirs.
    @Test func redial() throws {
        let nowhere = Endpoint(v4: 0xffff_ffff, port: 9)
        final class Redialer: NetworkClient {
            let network: SocketNetwork
            let nowhere: Endpoint
            var failures = 0
            init(_ n: SocketNetwork, _ e: Endpoint) { (network, nowhere) = (n, e) }
            func opened(_ link: LinkID, peer: Endpoint, through listener: ListenerID?) {}
            func received(_ bytes: RawSpan, on link: LinkID) {}
            func ended(_ link: LinkID, _ ending: Ending) {}
            func failed(_ link: LinkID, _ error: NetworkError) {
                failures += 1
                _ = network.dial(nowhere, .udp)
            }
        }
        let client = Redialer(network, nowhere)
        _ = network.dial(nowhere, .udp)
        for _ in 0..<10 { network.poll(until: network.now, client) }
        #expect(client.failures == 10)
    }
    /// A client may close links and stop listening inside callbacks while more datagrams of the same poll wait.
    @Test func closeFromInside() throws {
        let (id, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        for i: UInt8 in 0..<10 { network.send([i], on: ours) }
        log.onOpen = { [network] link in
            if network.datagramLinks[link.number]?.socket.peer == nil { network.close(link, reset: true) }
        }
        try #require(log.wait(network) { log.accepted.count == 10 })
        #expect(log.bytes.isEmpty)
        log.onOpen = { _ in }
        log.onBytes = { [network] link, _ in
            network.stopListening(id)
            network.close(link, reset: true)
        }
        for i: UInt8 in 0..<10 { network.send([i], on: ours) }
        try #require(log.wait(network) { !log.bytes.isEmpty })
        network.poll(until: network.now + .milliseconds(1), log)
        #expect(log.bytes.count == 1 && log.accepted.count == 11)
        #expect(Set(network.datagramSockets.keys).isSubset(of: [ours.number]))
    }
    /// Datagrams for which the system has no room wait in order, and leave before the link is finally closed.
    @Test func waits() throws {
        let (_, at) = try network.listen(.loopback(0), .udp)
        let ours = network.dial(at, .udp)
        let l = try #require(network.datagramLinks[ours.number])
        // As if the buffer of the system had been full
        l.socket.wait(DatagramSocket.Waiting(link: ours, peer: at, bytes: [1]))
        network.send([2], on: ours)
        network.send([3, 3], on: ours)
        #expect(l.socket.waitingBytes == 4)
        network.close(ours, reset: false)
        #expect(!l.socket.isClosed)
        network.watch(l.socket.socket, ours.number, writing: true, change: true)
        try #require(log.wait(network) { log.bytes.first?.value.count == 4 })
        #expect(log.bytes[log.accepted[0]] == [1, 2, 3, 3])
        #expect(l.socket.isClosed && network.datagramSockets[ours.number] == nil)

        let other = network.dial(at, .udp)
        let m = try #require(network.datagramLinks[other.number])
        m.socket.wait(DatagramSocket.Waiting(link: other, peer: at, bytes: [UInt8](repeating: 0, count: 1000)))
        for _ in 0..<300 { network.send([UInt8](repeating: 0, count: 65_000), on: other) }
        #expect(network.datagramLinks[other.number] == nil && m.socket.isClosed && m.socket.waitingBytes == 0)
        network.poll(until: network.now, log)
        #expect(log.failures[other]?.reason == "more than 16777216 bytes wait")
    }
}
