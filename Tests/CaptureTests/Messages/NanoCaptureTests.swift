import Glibc
import Nano
import Node
import Testing
import Wire

@testable import Capture

/// Tests of real traffic of another project's node, compared with the result of an independent decoder.
struct NanoCaptureTests {
    static let folder =
        String(#filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }) + "/Captures/nano/"

    static func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "rb"), "\(path)")
        defer { fclose(file) }
        var out: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let n = fread(&piece, 1, piece.count, file)
            guard n > 0 else { return out }
            out += piece[..<n]
        }
    }
    static func decoded(_ name: String) throws -> (Kept, Tally) {
        var file = try CaptureFile(folder + name + ".pcap")
        var table = FlowTable([.nano], ReadingOptions(scrutiny: .content))
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    static func items(_ value: Value?) -> [Value] { if case .list(let items)? = value { items } else { [] } }
    static func string(_ value: Value?) -> String? {
        switch value {
        case .text(let text)?, .decimal(let text)?: text
        default: nil
        }
    }

    @Test(arguments: [("nano-node-light-v2", 46, 0), ("nano-node-light-responder-bug", 10, 576)])
    func equalsItsExpectation(_ name: String, _ messages: Int, _ undeclared: Int) throws {
        let expectation = try #require(JSON.parse(try Self.bytes(of: Self.folder + name + ".json")))
        let (kept, tally) = try Self.decoded(name)
        let connections = Self.items(expectation["perConnection"])
        #expect(tally.flows == connections.count)
        #expect(tally.packets == Int(expectation["tcpSegments"]?.integer ?? 0))
        #expect(tally.gaps == 0 && tally.unknownFlows == 0)
        #expect(kept.records.count { $0.kind == .message } == messages)
        #expect(kept.records.filter { $0.kind == .malformed }.reduce(0) { $0 + $1.length } == undeclared)
        #expect(!kept.records.contains { $0.kind == .incomplete })
        for (i, connection) in connections.enumerated() {
            // Records are in the order in which they become known, the expectation is in order of time.
            let found = kept.records.indices.filter { kept.records[$0].flow == i + 1 }
                .sorted { (kept.records[$0].time, $0) < (kept.records[$1].time, $1) }
            let expected = Self.items(connection["messages"])
            try #require(found.count == expected.count)
            for (at, wanted) in zip(found, expected) {
                compare(kept.records[at], kept.bytes[at], wanted)
                let ends = [connection["initiator"], connection["responder"]].map(Self.string)
                let from = kept.records[at].isFromClient ? ends : ends.reversed()
                #expect([kept.records[at].source.description, kept.records[at].destination.description] == from)
            }
            var bytes = (0, 0)
            for at in found {
                if kept.records[at].isFromClient {
                    bytes.0 += kept.records[at].length
                } else {
                    bytes.1 += kept.records[at].length
                }
            }
            #expect(UInt64(bytes.0) == connection["bytes"]?["initiatorToResponder"]?.integer)
            #expect(UInt64(bytes.1) == connection["bytes"]?["responderToInitiator"]?.integer)
        }
    }

    /// Compares a record with the result of the other decoder.
    func compare(_ record: Record, _ bytes: [UInt8], _ wanted: Value) {
        let place: Comment = "record \(record.number), \(record.name)"
        #expect(record.isFromClient == (Self.string(wanted["direction"]) == "initiatorToResponder"), place)
        #expect(abs(seconds(record) - (Double(Self.string(wanted["seconds"]) ?? "") ?? -1)) < 0.000_001_5, place)
        if let undeclared = wanted["notAMessage"]?.integer {
            #expect(record.name == "nano.malformed", place)
            #expect(UInt64(record.length) == undeclared, place)
            #expect(UInt64(record.offset) == wanted["at"]?.integer, place)
            #expect(Array(bytes.prefix(64)).hex == Self.string(wanted["hex"]), place)
            #expect(record.notes.map(\.severity) == [.violation], place)
            #expect(
                record.notes.first?.text.hasPrefix(
                    "\(undeclared) bytes that no header declares, after nano.node_id_handshake, which declares 40 bytes (frame "
                )
                    == true,
                place)
            return
        }
        #expect(record.name == "nano." + (Self.string(wanted["type"]) ?? ""), place)
        #expect(UInt64(record.length) == wanted["bytes"]?.integer, place)
        guard let tree = record.message?.dissect(bytes) else { return }
        // Every byte belongs to exactly one field.
        var owners = [Int](repeating: 0, count: bytes.count)
        for node in tree.nodes where node.shape == .leaf { for i in node.range { owners[i] += 1 } }
        #expect(owners.allSatisfy { $0 == 1 }, place)
        let fields = tree.fields(in: bytes.span.bytes)
        #expect(fields["network"] == wanted["network"], place)
        let versions: Value = .list(["version_max", "version_using", "version_min"].map { fields[$0] ?? .null })
        #expect(versions == wanted["versions"], place)
        #expect(
            fields["extensions"]?.integer == UInt64(Self.string(wanted["ext"])?.dropFirst(2) ?? "", radix: 16), place)
        func same(_ ours: Value?, _ key: String) {
            guard let theirs = wanted[key] else { return }
            if case .bytes(let b)? = ours {
                #expect(b.hex == Self.string(theirs), "\(place) \(key)")
            } else {
                #expect(ours == theirs, "\(place) \(key)")
            }
        }
        switch record.name {
        case "nano.node_id_handshake":
            same(fields["version"], "version")
            same(fields["query"], "cookie")
            same(fields["response"]?["node_id"], "nodeId")
            same(fields["response"]?["salt"], "salt")
            same(fields["response"]?["genesis"], "genesis")
            same(fields["response"]?["signature"], "signature")
            #expect((fields["response"] != nil) == (wanted["signatureValid"] != nil), place)
            let broken = record.notes.contains { $0.path == "response.signature" }
            #expect(wanted["signatureValid"].map { $0 == .bool(!broken) } ?? true, place)
            let strange = record.notes.contains { $0.path == "response.genesis" }
            #expect(wanted["genesisOfNetwork"].map { $0 == .bool(!strange) } ?? true, place)
        case "nano.keepalive":
            let peers = Self.items(fields["peers"]).compactMap { peer -> Endpoint? in
                guard case .bytes(let address)? = peer["address"] else { return nil }
                return Endpoint(address: address, port: UInt16(clamping: peer["port"]?.integer ?? 0))
            }
            let told = peers.filter { !$0.isUnspecified || $0.port > 0 }.map { Value.text($0.description) }
            #expect(peers.count == 8, place)
            #expect(.list(told) == wanted["peers"], place)
        case "nano.telemetry_ack":
            same(fields["data"]?["node_id"], "nodeId")
            same(fields["data"]?["protocol_version"], "protocolVersion")
            same(fields["data"]?["peer_count"], "peerCount")
            let parts = ["major", "minor", "patch", "pre_release"].map { fields["data"]?[$0]?.integer }
            let version = parts.compactMap { $0.map { String($0) } }.joined(separator: ".")
            #expect(version == Self.string(wanted["softwareVersion"]) ?? "", place)
        case "nano.confirm_ack":
            same(fields["account"], "account")
            #expect(UInt64(Self.items(fields["hashes"]).count) == wanted["hashes"]?.integer, place)
            let vote = try? ConfirmAck(copying: bytes).vote
            #expect(vote.map { .bool($0.isFinal) } == wanted["final"], place)
            #expect(vote.map { .bool($0.isSigned) } == wanted["signatureValid"], place)
        case "nano.confirm_req": #expect(UInt64(Self.items(fields["pairs"]).count) == wanted["pairs"]?.integer, place)
        case "nano.publish":
            guard case .state(let block)? = try? Publish(copying: bytes).block else {
                Issue.record("\(place) holds no state block")
                return
            }
            #expect(Self.string(wanted["block"]) == "state", place)
            #expect(block.hash.array.hex == Self.string(wanted["hash"]), place)
            same(fields["state"]?["account"], "account")
            #expect(.bool(block.isSigned(by: block.account)) == wanted["signatureValid"], place)
        default: break
        }
    }
    func seconds(_ record: Record) -> Double {
        Double(record.time.nanoseconds - record.start.nanoseconds) / 1_000_000_000
    }

    /// If any frame is missing, there is no violation.
    @Test(arguments: 4...33) func oneFrameMissing(_ missing: Int) throws {
        var file = try CaptureFile(Self.folder + "nano-node-light-v2.pcap")
        var table = FlowTable([.nano], ReadingOptions(scrutiny: .content))
        var kept = Kept()
        while let packet = try file.next() {
            if packet.number != missing { table.receive(packet, &kept) }
        }
        table.finish(&kept)
        #expect(kept.records.flatMap(\.notes).filter { $0.severity == .violation } == [])
    }
    /// A capture of only one direction has no violation either.
    @Test(arguments: [true, false]) func oneDirectionOnly(_ client: Bool) throws {
        var file = try CaptureFile(Self.folder + "nano-node-light-v2.pcap")
        var table = FlowTable([.nano], ReadingOptions(scrutiny: .content))
        var kept = Kept()
        while let packet = try file.next() {
            guard case .tcp(let segment) = Layers(packet) else { continue }
            if (segment.source.port > 10_000) == client { table.receive(packet, &kept) }
        }
        table.finish(&kept)
        #expect(kept.records.count > 10)
        #expect(kept.records.flatMap(\.notes).filter { $0.severity == .violation } == [])
    }
    /// The same bytes, one per packet or shuffled, give the same messages.
    @Test func anySegmentationSaysTheSame() throws {
        let (whole, _) = try Self.decoded("nano-node-light-v2")
        let wire = Wire2(server: Endpoint(v4: 0x0a00_0002, port: 7075))
        var stream: [UInt8] = []
        for i in whole.records.indices where whole.records[i].flow == 1 && whole.records[i].isFromClient {
            stream += whole.bytes[i]
        }
        for seed in 0..<10 as Range<UInt64> {
            var random = Random(seed: seed)
            var segments: [Tap] = []
            var at = 0
            while at < stream.count {
                let count = seed == 0 ? 1 : Int.random(in: 1...400, using: &random)
                segments.append(wire.say(Array(stream[at..<min(at + count, stream.count)]), at: at))
                at += count
            }
            let (kept, _) = tap(wire.opening + segments.shuffled(using: &random), .ethernet, [.nano])
            let expected = whole.records.indices.filter {
                whole.records[$0].flow == 1 && whole.records[$0].isFromClient
            }
            #expect(kept.bytes == expected.map { whole.bytes[$0] })
            #expect(kept.records.map(\.name) == expected.map { whole.records[$0].name })
        }
    }

    /// Signatures of votes are verified only if the scrutiny requires it.
    @Test(arguments: Scrutiny.allCases) func scrutiny(_ scrutiny: Scrutiny) throws {
        let vote = try NanoStreamTests.encoded(
            "nano.confirm_ack", ["hashes": [.bytes([UInt8](repeating: 7, count: 32))]])
        var talk = Wire2()
        talk.server.port = 7075
        let packets = talk.opening + [talk.say(vote, at: 0)]
        let (kept, _) = tap(packets, .ethernet, [.nano], reading: ReadingOptions(scrutiny: scrutiny))
        // The side that opens a connection must send the first query.
        let wanted = ["NANO-40"] + (scrutiny == .content ? ["NANO-67"] : [])
        #expect(kept.records.map(\.name) == ["nano.confirm_ack"])
        #expect(kept.records.flatMap(\.notes).map(\.requirement) == wanted)
    }
}
