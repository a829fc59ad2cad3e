import Node
import Testing
import Wire

@testable import DXOS

/// Tests the largest message that a node relays or sends.
struct MessageLimitTests {
    private static let limit = 256 << 10
    /// Returns the fields after author and recipient, so that the whole message has this many bytes.
    private static func rest(_ total: Int) -> [UInt8] {
        // An unknown field: two bytes of key, three of length.
        let size = total - 6 - 5
        let length = [UInt8(size & 0x7f | 0x80), UInt8(size >> 7 & 0x7f | 0x80), UInt8(size >> 14)]
        return [0xfa, 0x07] + length + Array(repeating: 0, count: size)
    }
    @Test(arguments: ["js-2022", "go"]) func refusesLargerMessage(build: String) throws {
        var server = try ServerHarness(["limit": "256KiB", "build": build])
        server.open(1)
        server.receive(0, 0xb0, 1)
        _ = server.take(1)
        server.send(1, 0xa1, 0xb0, 1, rest: Self.rest(Self.limit))
        #expect(server.responses(1) == ["0 a1>b0", "1 done"])
        server.send(2, 0xa1, 0xb0, 1, rest: Self.rest(Self.limit + 1))
        let sent = server.take(1)
        #expect(sent.count == 1)
        let error = try Response(copying: try #require(sent.first)).response?.error
        #expect(error?.name?.string(in: RawSpan()) == (build == "go" ? "HandlerFailed" : "Error"))
        #expect(
            error?.message?.string(in: RawSpan())
                == Refusal.tooLarge(bytes: Self.limit + 1, limit: Self.limit).text)
        // The connection continues.
        server.send(3, 0xa1, 0xb0, 1)
        #expect(server.responses(1) == ["0 a1>b0", "3 done"] && server.closed.isEmpty)
    }
    @Test func refusesLargerJoin() throws {
        var server = try ServerHarness(["limit": "256KiB"], profile: "v3")
        server.open(1)
        server.call(0, "Join", stream: true, [0x0a, 1, 0x50, 0x12, 1, 0xa1] + Self.rest(Self.limit + 1), 1)
        #expect(server.responses(1) == ["0 error"] && server.rows("peers").isEmpty)
    }
    /// The faulty node answers as if it had relayed the message.
    @Test func faultyNodeDropsLargerMessage() throws {
        var server = try ServerHarness(["limit": "256KiB"], bug: "drops-large")
        server.open(1)
        server.receive(0, 0xb0, 1)
        _ = server.take(1)
        server.send(1, 0xa1, 0xb0, 1, rest: Self.rest(Self.limit + 1))
        #expect(server.responses(1) == ["1 done"])
    }
    /// A message must fit into an RPC of gossipsub if that carries the bus.
    @Test func carriedBusLowersLimit() throws {
        let own = try ServerHarness(["limit": "4MiB"])
        let carried = try ServerHarness(["limit": "4MiB", "bus": "gossipsub"])
        #expect(own.node.messageLimit == 4 << 20)
        #expect(carried.node.messageLimit == CarriedBus.largestMessage && CarriedBus.largestMessage < 1 << 20)
    }
    /// A host does not deliver a message of another host that is too large for it.
    @Test(arguments: [(0, true), (1024, false)]) func checksPublications(_ more: Int, _ isDelivered: Bool) throws {
        var server = try ServerHarness(["limit": "256KiB"])
        server.open(1)
        server.receive(0, 0xb0, 1)
        let total = Self.limit + more
        let message = [0x0a, 1, 0xa1, 0x12, 1, 0xb0] + Self.rest(total)
        let length = [UInt8(total & 0x7f | 0x80), UInt8(total >> 7 & 0x7f | 0x80), UInt8(total >> 14)]
        var out: [Action] = []
        server.node.hear(.published(.peer([0xb0]), [0x0a] + length + message), on: nil, at: .zero, into: &out)
        let reports = out.compactMap { if case .report(let event) = $0 { event.name } else { nil } }
        #expect(out.count == 1 && reports == (isDelivered ? [] : ["large_publication"]))
    }
}
