import Node
import Testing
import VectorFiles
import Wire

@testable import DXOS

/// Invalid input from clients: the server answers with errors or ignores it, and continues to serve.
struct BadInputTests {
    /// Returns a length-delimited field.
    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var size = content.count
        var varint: [UInt8] = []
        repeat {
            varint.append(UInt8(size & 0x7f) | (size > 0x7f ? 0x80 : 0))
            size >>= 7
        } while size > 0
        return [number << 3 | 2] + varint + content
    }
    /// Returns fields nested to this depth, without copying at each level.
    private static func nested(_ numbers: [UInt8], depth: Int) -> [UInt8] {
        var heads: [[UInt8]] = []
        var size = 0
        for i in 0..<depth {
            var rest = size
            var head = [numbers[i % numbers.count] << 3 | 2]
            repeat {
                head.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
                rest >>= 7
            } while rest > 0
            heads.append(head)
            size += head.count
        }
        return heads.reversed().flatMap { $0 }
    }
    /// Returns true if the server still answers on a connection.
    private func serves(_ server: inout ServerHarness, _ link: UInt64) -> Bool {
        _ = server.take(link)
        server.send(99, 0xa1, 0xb0, link)
        return server.responses(link) == ["99 done"]
    }

    @Test(arguments: Build.allCases.map(\.rawValue), ["off", "on"])
    func truncations(build: String, handshake: String) throws {
        let ends = build == "go"
        var server = try ServerHarness(["build": build, "handshake": handshake])
        server.open(1)
        var link: UInt64 = 2
        for vector in Vector.load("dxos") {
            for count in 0...vector.bytes.count {
                server.open(link)
                server.hear(Array(vector.bytes[..<count]), link)
                // A vector that is cut elsewhere is a valid message, or ends its connection at most.
                #expect(ends || vector.name.contains("bye") || !server.closed.contains(LinkID(link)) || count > 0)
                server.lose(link)
                link += 1
            }
        }
        server.pass(.seconds(60))
        #expect(serves(&server, 1) && server.node.connections.count == 1)
    }
    @Test(arguments: [1, 2, 0, 9] as [UInt8]) func garbage(_ kind: UInt8) throws {
        for build in Build.allCases {
            var server = try ServerHarness(["build": build.rawValue])
            server.open(1)
            server.open(2)
            var random = Random(seed: UInt64(kind) + 1)
            for size in [0, 1, 2, 7, 100, 70_000] {
                server.hear(random.bytes(size), 1, kind: kind)
                server.hear([UInt8](repeating: 0, count: size), 1, kind: kind)
                server.hear([UInt8](repeating: 0xff, count: size), 1, kind: kind)
            }
            #expect(serves(&server, 2))
            if build != .go || kind != 2 { #expect(serves(&server, 1)) }
        }
    }
    /// A length of 1 GiB and the largest possible length, at each place of a length.
    @Test func lengths() throws {
        var server = try ServerHarness()
        server.open(1)
        for length: [UInt8] in [
            [0x80, 0x80, 0x80, 0x80, 4], [0xff, 0xff, 0xff, 0xff, 0x0f], .init(repeating: 0xff, count: 10),
        ] {
            for head: [UInt8] in [
                [0x0a], [0x0a, 8, 0x12], [0x0a, 8, 0x1a], [0x0a, 10, 0x1a, 8, 0x12], [0x12], [0x2a], [0x7a],
            ] {
                server.hear(head + length + [1, 2], 1)
            }
        }
        #expect(server.take(1).isEmpty && serves(&server, 1))
    }
    /// Nested payloads and nested JSON, ten thousand levels deep, are refused or forwarded as bytes.
    @Test(arguments: ["v1", "v3"]) func depth(_ profile: String) throws {
        var server = try ServerHarness(profile: profile)
        server.open(1)
        server.receive(0, 0xb1, 1)
        _ = server.take(1)
        let any = Self.nested([2], depth: 10_000)
        server.send(1, 0xa1, 0xb1, 1, rest: Self.field(3, any))
        #expect(Set(server.responses(1)) == ["0 a1>b1", "1 done"])
        // A list in a value in a list, as metadata, in the payload of a peer, and in a Join.
        let json = Self.field(1, Self.field(2, Self.nested([1, 6], depth: 10_000)))
        server.send(2, 0xa1, 0xb1, 1, rest: Self.field(4, json))
        #expect(server.responses(1).last == "2 error")
        let signal = Self.field(5, Self.field(3, json))
        let payload = Self.field(1, Array("dxos.mesh.swarm.SwarmMessage".utf8)) + Self.field(2, signal)
        server.send(3, 0xa1, 0xb1, 1, rest: Self.field(3, payload))
        #expect(Set(server.responses(1)) == ["0 a1>b1", "3 done"])
        server.call(4, "Join", stream: true, [0x0a, 1, 0x50] + Self.field(3, json), 1)
        #expect(server.responses(1) == ["4 error"])
        // Groups, which proto3 has removed.
        server.hear([UInt8](repeating: 0x0b, count: 10_000), 1)
        #expect(serves(&server, 1))
    }
    @Test func ids() throws {
        var server = try ServerHarness()
        server.open(1)
        for id: Int32 in [-1, .min, .max, 0, 5, 5] {
            server.send(id, 0xa1, 0xb0, 1)
            #expect(server.responses(1) == ["\(id) done"])
        }
        // An id is free again after its stream ends, and not before.
        server.join(-7, 0x50, 0xa1, 1)
        server.join(-7, 0x51, 0xa1, 1)
        server.receive(-7, 0xa1, 1)
        #expect(server.responses(1) == ["-7 ready", "-7 error", "-7 error"])
        server.send(-7, 0xa1, 0xb0, 1)
        server.close(-7, 1)
        server.join(-7, 0x51, 0xa1, 1)
        #expect(server.responses(1) == ["-7 done", "-7 close", "-7 ready"])
        server.close(-8, 1)
        #expect(server.take(1).isEmpty && serves(&server, 1))
    }
    /// The server closes a client that does not read when too many bytes wait. The client leaves its swarms like a lost
    /// one. A client that ends only its own side is also lost.
    @Test func slowReader() throws {
        var server = try ServerHarness(["grace": "2s"])
        server.open(1)
        server.open(2)
        server.join(0, 0x50, 0xa1, 1)
        server.join(0, 0x50, 0xb0, 2)
        _ = (server.take(1), server.take(2))
        var out: [Action] = []
        server.node.unsent(Limits.unsent + 1, on: LinkID(2), now: server.now, &out)
        let told = out.compactMap { if case .report(let event) = $0 { event.name } else { nil } }
        #expect(told == ["slow_reader"] && out.last == .close(LinkID(2), CloseStatus(1008, "slow reader")))
        // The server sends it nothing more.
        server.join(1, 0x50, 0xc2, 1)
        #expect(server.take(2).isEmpty)
        _ = server.take(1)
        server.pass(.milliseconds(1999))
        #expect(server.take(1).isEmpty)
        server.pass(.milliseconds(1))
        #expect(server.responses(1) == ["0 -b0", "1 -b0"])
    }
    /// Streams beyond the limit of a connection get errors. Other connections have their own limit, and closed streams
    /// do not count.
    @Test func swarmsWithoutEnd() throws {
        var server = try ServerHarness()
        server.open(1)
        server.open(2)
        func join(_ id: Int32) -> [UInt8] { [0x0a, 4] + withUnsafeBytes(of: id) { [UInt8]($0) } }
        for id in 0..<Int32(Limits.streams + 500) { server.call(id, "Join", stream: true, join(id), 1) }
        let answers = server.responses(1)
        #expect(
            answers.count { $0.hasSuffix("ready") } == Limits.streams && answers.count { $0.hasSuffix("error") } == 500)
        server.join(0, 0x50, 0xa1, 2)
        #expect(server.responses(2) == ["0 ready"])
        server.close(3, 1)
        server.call(3, "Join", stream: true, join(3), 1)
        #expect(server.responses(1) == ["3 close", "3 ready"])
    }
}
