import DXOS
import Gossipsub
import Node
import PeerPigeon
import RightMesh
import Testing
import WebSocket
import Wire

@testable import Capture
@testable import Nano

/// Tests of the exchanges of each protocol, by captures of their nodes.
struct ExchangeTests {
    private static let definitions: [Definition] = LostPacketTests.definitions + [.rightmesh]

    /// All paths in the exchanges are fields of their messages.
    @Test func exchangesNameFields() {
        for definition in Self.definitions {
            for (i, exchange) in definition.exchanges.enumerated() {
                let isSame = exchange.ask.key.count == exchange.answer.key.count
                #expect(isSame || exchange.answer.isJoined && exchange.ask.key.count == 1)
                for side in [exchange.ask, exchange.answer] {
                    let type = Self.definitions.lazy.compactMap { $0.message(side.message) }.first
                    guard let type else {
                        Issue.record("\(definition.name) \(i): no message \(side.message)")
                        continue
                    }
                    let paths =
                        side.key
                        + side.conditions.map {
                            switch $0 {
                            case .has(let path), .lacks(let path), .equals(let path, _), .differs(let path, _): path
                            }
                        }
                    for path in paths { #expect(FilterPath(path, in: type) != nil, "\(side.message) \(path)") }
                }
            }
        }
    }

    /// The number of answers in a capture, by the names of the request and the answer, and the first of them.
    struct Row {
        var capture: String
        var counts: [String: Int]
        var first: [[Int]]
    }
    /// An independent program, which read the messages as JSON, found these numbers. It also assigned answers to one
    /// of several open requests (`MessageExchange.isOptional`), and counted a repeated datagram as a request.
    static let rows: [Row] = [
        Row(
            capture: "dxos/dxos-signal-two-peers.pcap",
            counts: ["websocket.upgrade websocket.upgrade_response": 3, "dxos.request dxos.response": 27],
            first: [[1, 2], [4, 6], [8, 10], [11, 12]]),
        Row(
            capture: "dxos/dxos-signal-hosts.pcap",
            counts: ["websocket.upgrade websocket.upgrade_response": 3, "dxos.request dxos.response": 16],
            first: [[1, 2], [3, 4], [5, 6], [8, 10]]),
        Row(
            capture: "nano/nano-node-light-v2.pcap",
            counts: ["nano.node_id_handshake nano.node_id_handshake": 4], first: [[1, 2], [2, 3], [5, 7], [7, 10]]),
        Row(
            capture: "peerpigeon/peerpigeon-one-hub.pcap",
            counts: [
                "websocket.upgrade websocket.upgrade_response": 16, "peerpigeon.ping peerpigeon.pong": 3,
                "peerpigeon.offer peerpigeon.answer": 10, "websocket.frame websocket.frame": 2,
            ], first: [[1, 2], [7, 8], [17, 18], [23, 24]]),
        Row(
            capture: "peerpigeon/peerpigeon-three-hubs.pcap",
            counts: ["websocket.upgrade websocket.upgrade_response": 12, "peerpigeon.offer peerpigeon.answer": 13],
            first: [[1, 2], [11, 12], [25, 26], [35, 36]]),
        Row(
            capture: "rightmesh/rightmesh-three-superpeers.pcap",
            counts: [
                "rightmesh.info rightmesh.info_ack": 33, "rightmesh.hello rightmesh.hello_ack": 79,
                "rightmesh.find rightmesh.find_ack": 10,
            ], first: [[4, 10], [14, 18], [19, 27], [8, 31]]),
        Row(
            capture: "gossipsub/gossipsub-plaintext-yamux.pcap", counts: ["gossipsub.rpc gossipsub.rpc": 2],
            first: [[84, 86], [90, 92]]),
        Row(
            capture: "gossipsub/lib2p2-plaintext-yamux.pcap",
            counts: [
                "libp2p.rendezvous libp2p.rendezvous": 2, "gossipsub.snapshot_request gossipsub.snapshot_part": 2,
            ], first: [[71, 74], [86, 91], [127, 133], [130, 136]]),
        Row(
            capture: "cases/monitor-gs84-js.pcapng",
            counts: ["libp2p.noise_hello libp2p.noise_answer": 3],
            first: [[5, 6], [41, 42], [77, 78]]),
        Row(
            capture: "websocket/relay.pcap",
            counts: ["websocket.upgrade websocket.upgrade_response": 3, "websocket.frame websocket.frame": 3],
            first: [[1, 2], [3, 4], [5, 6], [7, 8]]),
        // An informational response is no answer.
        Row(
            capture: "cases/ws-103.pcap", counts: ["websocket.upgrade websocket.upgrade_response": 1], first: [[1, 3]]),
        Row(
            capture: "cases/ws-401-violation.pcap", counts: ["websocket.upgrade websocket.upgrade_response": 2],
            first: [[1, 2], [4, 5]]),
    ]
    @Test(arguments: rows.indices) func findsAnswers(_ row: Int) throws {
        let row = Self.rows[row]
        let kept = try Self.read(row.capture)
        var counts: [String: Int] = [:]
        for pair in kept.pairs {
            let names = pair.map { kept.records[$0 - 1].name }
            counts["\(names[0]) \(names[1])", default: 0] += 1
        }
        #expect(counts == row.counts)
        #expect(Array(kept.pairs.prefix(row.first.count)) == row.first)
        // An answer is on the way back of its request.
        for pair in kept.pairs {
            let (ask, answer) = (kept.records[pair[0] - 1], kept.records[pair[1] - 1])
            #expect(ask.source == answer.destination && ask.destination == answer.source && pair[0] < pair[1])
        }
    }
    static func read(_ capture: String) throws -> Kept {
        let packets = try LostPacketTests.packets(LostPacketTests.folder + capture)
        return read(packets, without: nil, try secrets(capture))
    }
    private static func secrets(_ capture: String) throws -> Secrets {
        capture.contains("noise")
            ? try GossipsubCaptureTests.keys(String(capture.dropFirst("gossipsub/".count).dropLast(".pcap".count)))
            : Secrets()
    }
    private static func read(_ packets: [LostPacketTests.Taken], without lost: Int?, _ secrets: Secrets) -> Kept {
        LostPacketTests.read(packets, without: lost, secrets, of: definitions).kept
    }

    /// A request and its answer, which are the same in a capture that lacks other packets.
    private struct Pair: Hashable {
        var names: [String]
        var bytes: [[UInt8]]
        var frames: [Int?]
    }
    private static func pairs(_ kept: Kept) -> Set<Pair> {
        Set(
            kept.pairs.map { pair in
                let both = pair.map { kept.records[$0 - 1] }
                return Pair(
                    names: both.map { $0.name + $0.path }, bytes: pair.map { kept.bytes[$0 - 1] },
                    frames: both.map(\.frames.last))
            })
    }
    /// A missing packet hides answers, but assigns none to another request.
    @Test(arguments: LostPacketTests.captures.indices) func missingPacketGivesNoWrongPair(_ capture: Int) throws {
        let (name, step) = LostPacketTests.captures[capture]
        let packets = try LostPacketTests.packets(LostPacketTests.folder + name)
        let secrets = try Self.secrets(name)
        let whole = Self.pairs(Self.read(packets, without: nil, secrets))
        let without = ["cases/rust-plaintext.pcap"]
        #expect(whole.isEmpty == without.contains(name))
        for lost in packets.indices.filter({ LostPacketTests.hasData(packets[$0]) }) where lost % step == 0 {
            // The first answer of a stream may be in bytes that are skipped after the gap. A later one names the same call.
            let wrong = Self.pairs(Self.read(packets, without: lost, secrets)).subtracting(whole)
                .filter { !$0.names[0].hasPrefix("dxos.request") }
            #expect(wrong.isEmpty, "\(name) without frame \(lost + 1): \(wrong.map { ($0.names, $0.frames) })")
        }
    }
    /// A capture that begins later has no other pairs.
    @Test(arguments: LostPacketTests.captures.indices) func laterBeginGivesNoWrongPair(_ capture: Int) throws {
        let (name, _) = LostPacketTests.captures[capture]
        let packets = try LostPacketTests.packets(LostPacketTests.folder + name)
        let secrets = try Self.secrets(name)
        let whole = Self.pairs(Self.read(packets, without: nil, secrets))
        for first in stride(from: 1, to: packets.count, by: max(1, packets.count / 40)) {
            var table = FlowTable(Self.definitions, ReadingOptions(secrets: secrets))
            var kept = Kept()
            for (i, packet) in packets.enumerated().dropFirst(first) {
                table.receive(
                    Packet(
                        number: i + 1, time: packet.time, length: packet.length, link: packet.link,
                        bytes: packet.bytes.span.bytes), &kept)
            }
            table.finish(&kept)
            let wrong = Self.pairs(kept).subtracting(whole)
            #expect(wrong.isEmpty, "\(name) from frame \(first + 1): \(wrong.map { ($0.names, $0.frames) })")
        }
    }

    // MARK: - Exchanges that no capture has

    /// An answer to a pull names the request by its id, in any order.
    @Test func pairsPullsByID() {
        var wire = Wire2()
        wire.server.port = 7075
        func pull<M: PullMessage>(_ message: M, _ id: UInt64, _ body: M.Body) -> [UInt8] {
            var message = message
            (message.frame.id, message.body) = (id, body)
            return message.encoded()
        }
        func ask(_ id: UInt64) -> [UInt8] {
            var body = AscPullReq.Body()
            body.accountInfo = .init()
            return pull(AscPullReq(), id, body)
        }
        func answer(_ id: UInt64) -> [UInt8] {
            var body = AscPullAck.Body()
            body.accountInfo = .init()
            return pull(AscPullAck(), id, body)
        }
        let asks = ask(5) + ask(6) + ask(5 << 32)
        let answers = answer(5 << 32) + answer(5) + answer(7)
        let (kept, _) = tap(wire.opening + [wire.say(asks, at: 0), wire.answer(answers, at: 0)], .ethernet, [.nano])
        #expect(kept.records.map(\.kind) == [RecordKind](repeating: .message, count: 6))
        #expect(kept.pairs == [[3, 4], [1, 5]])
    }
    /// A node ignores a request for telemetry that follows another one too early.
    @Test func pairsTelemetryWithOnlyOpenRequest() {
        var wire = Wire2()
        wire.server.port = 7075
        let (ask, answer) = (TelemetryReq().encoded(), TelemetryAck().encoded())
        func pairs(_ asks: Int) -> [[Int]] {
            let all = [UInt8]([[UInt8]](repeating: ask, count: asks).joined())
            return tap(wire.opening + [wire.say(all, at: 0), wire.answer(answer, at: 0)], .ethernet, [.nano]).0.pairs
        }
        #expect(pairs(1) == [[1, 2]] && pairs(2) == [])
    }
    /// A vote answers each request for its blocks once.
    @Test func pairsVotesByHash() {
        var wire = Wire2()
        wire.server.port = 7075
        func hash(_ n: UInt8) -> Key32 { Key32(repeating: n) }
        func ask(_ hashes: UInt8...) -> [UInt8] {
            var message = ConfirmReq()
            message.pairs = hashes.map { HashRoot(hash: hash($0), root: hash(9)) }
            return message.encoded()
        }
        func vote(_ hashes: UInt8...) -> [UInt8] {
            var message = ConfirmAck()
            message.vote.hashes = hashes.map(hash)
            return message.encoded()
        }
        let asks = ask(1, 2) + ask(3)
        let votes = vote(7) + vote(2) + vote(2) + vote(3, 1)
        let (kept, _) = tap(wire.opening + [wire.say(asks, at: 0), wire.answer(votes, at: 0)], .ethernet, [.nano])
        #expect(kept.pairs == [[1, 4], [1, 6]])
    }
}
