import Node
import Testing

@testable import Capture

/// Tests which packets of a capture stay together when it is split.
struct ConversationShardTests {
    private func packet(_ transport: UInt8, from: UInt32, to: UInt32, fragment: Int = 0) -> [UInt8] {
        let ends = (Endpoint(v4: from, port: 40_000), Endpoint(v4: to, port: 9000))
        let udp = be16(40_000) + be16(9000) + be16(13) + [0, 0] + text("a")
        let content = transport == 6 ? Tap(from: ends.0, to: ends.1, sequence: 1).tcp : udp
        return [0x45, 0] + be16(20 + content.count) + [0, 1] + be16(fragment) + [64, transport, 0, 0] + be32(from)
            + be32(to) + content
    }
    private func parts(_ packets: [[UInt8]], of definitions: [Definition]) -> [Int?] {
        var shard = ConversationShard(definitions)
        func each(_ body: (borrowing Packet) -> Void) {
            for (i, bytes) in packets.enumerated() {
                body(
                    Packet(
                        number: i + 1, time: Timestamp(nanoseconds: 0), length: bytes.count, link: .raw,
                        bytes: bytes.span.bytes))
            }
        }
        each { shard.survey($0) }
        var out: [Int?] = []
        each { out.append(shard.part(of: $0, parts: 512)) }
        return out
    }
    /// Datagrams of a protocol whose messages travel by several hosts join the hosts, TCP does not.
    @Test func datagramsThatTravelStayTogether() {
        let pairs = (1...6).map { (from: UInt32(0x0a00_0000 + $0), to: UInt32(0x0a00_0001 + $0)) }
        let udp = pairs.map { packet(17, from: $0.from, to: $0.to) }
        let together = parts(udp, of: [DatagramTests.udp])
        #expect(Set(together).count == 1)
        #expect(Set(parts(udp.reversed(), of: [DatagramTests.udp])) == Set(together))
        #expect(Set(parts(udp, of: [.toy])).count > 1, "no protocol over UDP")
        // Both directions of each pair, and its TCP, are in the same part.
        let back = [17, 6].flatMap { transport in pairs.map { packet(transport, from: $0.to, to: $0.from) } }
        #expect(Set(parts(udp + back, of: [DatagramTests.udp])) == Set(together))
        let far = packet(17, from: 0x0b00_0001, to: 0x0b00_0002)
        #expect(Set(parts(udp + [far], of: [DatagramTests.udp])).count == 2)
    }
    /// Later fragments of a datagram stay with the other datagrams of their host.
    @Test func fragmentsStayWithTheirHosts() {
        let all = [
            packet(17, from: 1, to: 2, fragment: 0x2000), packet(17, from: 1, to: 2, fragment: 3),
            packet(17, from: 3, to: 2),
        ]
        #expect(Set(parts(all, of: [DatagramTests.udp])).count == 1)
    }
}
