import Crypto
import DXOS
import Gossipsub
import Libp2p
import Node
import Testing
import WebSocket
import Wire

@testable import Capture

/// Tests of the traffic of two foreign nodes, compared with their own counts.
struct GossipsubCaptureTests {
    static let folder = NanoCaptureTests.folder + "../gossipsub/"
    static let names = ["plaintext-yamux", "noise-yamux", "noise-mplex"].map { "gossipsub-" + $0 }

    static func keys(_ name: String) throws -> Secrets {
        let secrets = Secrets()
        guard name.contains("noise") else { return secrets }
        var log = KeyLog(name)
        log.read(try NanoCaptureTests.bytes(of: folder + name + ".keys.jsonl"), into: secrets)
        log.finish(into: secrets)
        #expect(log.complaints.isEmpty && secrets.count == 6)
        return secrets
    }
    static func decoded(_ path: String, _ secrets: Secrets) throws -> (Kept, Tally) {
        var file = try CaptureFile(path, secrets: secrets)
        var table = FlowTable([.gossipsub], ReadingOptions(secrets: secrets))
        var kept = Kept()
        #expect(table.read(&file, &kept) == nil)
        return (kept, table.tally)
    }
    static func decoded(_ name: String, keys secrets: Secrets? = nil) throws -> (Kept, Tally) {
        try decoded(folder + name + ".pcap", try secrets ?? keys(name))
    }
    /// Returns the RPCs with their senders.
    static func rpcs(_ kept: Kept) throws -> [(isFromClient: Bool, rpc: RPCContent)] {
        try kept.records.indices.filter { kept.records[$0].name == "gossipsub.rpc" }.map {
            #expect(kept.records[$0].kind == .message && !kept.records[$0].isPlain)
            return (kept.records[$0].isFromClient, try RPC(copying: kept.bytes[$0]).rpc)
        }
    }

    /// The entries of each side's RPCs match the expectation, and each message is found by its id.
    @Test(arguments: names) func equalsItsExpectation(_ name: String) throws {
        let wanted = try #require(JSON.parse(try NanoCaptureTests.bytes(of: Self.folder + name + ".json")))
        let (kept, tally) = try Self.decoded(name)
        #expect(kept.captureNotes.isEmpty && kept.records.allSatisfy { $0.kind == .message })
        // A message to a fanout is noted, but breaks no rule.
        let notes = kept.records.flatMap(\.notes)
        #expect(notes.count == 1 && notes.allSatisfy { $0.severity == .info })
        #expect(tally.gaps == 0 && tally.flows == 1)
        let rpcs = try Self.rpcs(kept)
        // B dials A.
        for (direction, isFromClient) in [("A->B", false), ("B->A", true)] {
            let said = rpcs.filter { $0.isFromClient == isFromClient }.map(\.rpc)
            let subscriptions = said.flatMap(\.subscriptions)
            let control = said.compactMap(\.control)
            let found: [(String, Int)] = [
                ("rpcs", said.count), ("sub", subscriptions.count { $0.subscribe == true }),
                ("unsub", subscriptions.count { $0.subscribe == false }),
                ("publish", said.reduce(0) { $0 + $1.publish.count }),
                ("graft", control.reduce(0) { $0 + $1.graft.count }),
                ("prune", control.reduce(0) { $0 + $1.prune.count }),
                ("ihave", control.reduce(0) { $0 + $1.ihave.count }),
                ("iwant", control.reduce(0) { $0 + $1.iwant.count }),
                ("idontwant", control.reduce(0) { $0 + $1.idontwant.count }),
                ("extensions", control.count { $0.extensions != nil }),
            ]
            for (entry, count) in found {
                #expect(UInt64(count) == wanted["per_direction"]?[direction]?[entry]?.integer, "\(direction) \(entry)")
            }
        }
        let published = rpcs.flatMap(\.rpc.publish)
        #expect(published.allSatisfy { $0.isSigned == true })
        let messages = NanoCaptureTests.items(wanted["messages"])
        for message in messages {
            let id = NanoCaptureTests.string(message["id"]) ?? ""
            let found = published.filter { $0.defaultID.hex == id }
            #expect(UInt64(found.count) == message["transmissions"]?.integer)
            let topics = found.map { $0.topic?.string(in: RawSpan()) }
            #expect(topics.allSatisfy { $0 == NanoCaptureTests.string(message["topic"]) })
            #expect(found.allSatisfy { UInt64($0.data?.own?.count ?? -1) == message["size"]?.integer })
        }
        #expect(Set(published.map(\.defaultID)).count == messages.count && messages.count == 7)
    }
    /// Every layer is recorded at its path, and each direction of pubsub on the stream of its sender.
    @Test(arguments: names) func layers(_ name: String) throws {
        let (kept, tally) = try Self.decoded(name)
        let muxer = name.hasSuffix("mplex") ? "libp2p.mplex" : "libp2p.yamux"
        let below = name.contains("noise") ? "libp2p.noise/" : ""
        let paths = Set(kept.records.map(\.path))
        #expect(paths.contains("libp2p.security") && paths.contains(below + muxer))
        // The last capture negotiates its muxer in the handshake.
        #expect(paths.contains(below + "libp2p.muxer") == !name.hasSuffix("mplex"))
        let streams = Set(
            kept.records.filter { $0.name == "gossipsub.rpc" }.map { ($0.path, $0.isFromClient) }.map { "\($0)" })
        #expect(streams.count == 2, "\(streams)")
        #expect(kept.records.count { $0.name == "libp2p.identify" } == 2)
        #expect(kept.records.allSatisfy { $0.name != "gossipsub.rpc" || $0.path.hasPrefix("\(below)\(muxer)/#") })
        // All bytes of the connection belong to the lowest layers.
        #expect(kept.records.reduce(0) { $1.isCarried ? $0 : $0 + $1.length } == tally.payload)
    }
    /// Without keys the unencrypted messages are decoded, and a note names the connection whose keys are missing.
    @Test(arguments: names.dropFirst()) func withoutKeys(_ name: String) throws {
        let (kept, tally) = try Self.decoded(name, keys: Secrets())
        var counts: [String: Int] = [:]
        for record in kept.records { counts[record.name, default: 0] += 1 }
        #expect(counts["libp2p.multistream"] == 4 && counts["libp2p.noise_hello"] == 1)
        #expect(counts["libp2p.noise_answer"] == 1 && counts["libp2p.noise_final"] == 1)
        let (whole, _) = try Self.decoded(name)
        #expect(counts["libp2p.noise_frame"] == whole.records.count { $0.name == "libp2p.noise_frame" })
        #expect(counts.count == 5 && kept.records.reduce(0) { $0 + $1.length } == tally.payload)
        let hello = try #require(kept.records.firstIndex { $0.name == "libp2p.noise_hello" })
        let key = Array(kept.bytes[hello].dropFirst(2)).hex
        #expect(
            kept.captureNotes.count == 1
                && kept.captureNotes[0].text.contains("encrypted, no key for the ephemeral key \(key)"))
    }
    /// The keys of another connection never lead to invented content, and one note reports them.
    @Test func wrongKeys() throws {
        let right = try Self.keys("gossipsub-noise-yamux")
        let wrong = Secrets()
        for secret in right.all() {
            wrong.add(Secret(secret.label, of: secret.connection, secret.bytes.map { $0 ^ 0x55 }))
        }
        let (kept, _) = try Self.decoded("gossipsub-noise-yamux", keys: wrong)
        #expect(!kept.records.contains { $0.isCarried } && kept.captureNotes.count == 1)
        #expect(kept.captureNotes[0].text.contains("was not encrypted with the key"))
    }
    /// A filter finds messages of layers by their names and fields, if no message of a protocol has the field.
    @Test func filtersMessagesOfLayers() throws {
        let (kept, _) = try Self.decoded("gossipsub-noise-yamux")
        func count(_ text: String) throws -> Int {
            let filter = try Filter(text, [.gossipsub])
            return kept.records.indices.count { i in
                let bytes = kept.bytes[i]
                return filter.matches(kept.records[i], bytes.span.bytes)
            }
        }
        for text in [
            "libp2p.identify", "message == libp2p.identify", "identify.agent_version == \"gossip_node.py/1\"",
            "libp2p.identify.identify.agent_version contains gossip", "identify.protocols == \"/ipfs/ping/1.0.0\"",
        ] {
            #expect(try count(text) == 2, "\(text)")
        }
        let frames = kept.records.count { $0.name == "libp2p.yamux_frame" }
        #expect(try count("libp2p.yamux_frame") == frames && count("libp2p.yamux_frame.version == 0") == frames)
        #expect(try count("libp2p.yamux.malformed") == 0)
        // Commands list messages of layers if the filter names them.
        #expect(try Filter("identify.agent_version", [.gossipsub]).namesLayers)
        for text in [
            "message == libp2p.identify", "libp2p.yamux_frame == message",
            "message in {gossipsub.rpc, libp2p.identify}",
            "message contains yamux", "message matches /^libp2p/",
        ] {
            #expect(try Filter(text, [.gossipsub]).namesLayers, "\(text)")
        }
        for text in [
            "gossipsub.rpc and length > 3", "message == gossipsub.rpc", "message != libp2p.identify",
            "message contains p",
        ] {
            #expect(try !Filter(text, [.gossipsub]).namesLayers, "\(text)")
        }
        // A layer that is also a protocol of its own.
        for text in ["websocket.frame", "websocket.frame.fin == 1", "message == websocket.frame"] {
            #expect(try Filter(text, [.webSocket, .dxos]).namesLayers, "\(text)")
        }
        #expect(try !Filter("protocol == websocket", [.webSocket, .dxos]).namesLayers)
        // A field of a message of the protocol hides those of layers.
        #expect(try count("rpc") == count("gossipsub.rpc"))
        #expect(throws: FilterError.self) { try Filter("libp2p.identify.agent", [.gossipsub]) }
        let agent = try FieldReference("identify.agent_version", [.gossipsub])
        #expect(kept.records.count { $0.message.map(agent.isOf) ?? false } == 2)
    }
    /// A conversation has the ids of both peers, and each byte of the wire once.
    @Test(arguments: names) func conversations(_ name: String) throws {
        let definitions = [Definition.gossipsub]
        let ids = ["meshspec-A", "meshspec-B"].map { Identity(seed: SHA256.hash(Array($0.utf8))).peer.description }
        var file = try CaptureFile(Self.folder + name + ".pcap")
        var table = FlowTable(definitions, ReadingOptions(secrets: try Self.keys(name)))
        var talks = Conversations(definitions, mentions: PeerMentions(ids[0], definitions))
        #expect(table.read(&file, &talks) == nil)
        let talk = try #require(talks.talks.first)
        #expect(talks.talks.count == 1 && talk.bytes == table.tally.payload)
        // Each message counts once, and the frames that carry it count for their layers.
        #expect(talk.messages + talk.frames == table.tally.records)
        let rpcs = talk.shares.first { $0.name == "gossipsub" }
        #expect(rpcs.map { $0.messages > 0 && $0.frames == 0 } ?? false, "\(talk.shares)")
        let muxer = name.hasSuffix("yamux") ? "libp2p.yamux" : "libp2p.mplex"
        #expect(talk.shares.contains { $0.name == muxer && $0.frames > 0 }, "\(talk.shares)")
        // B dials A.
        #expect(talk.clientNames == [ids[1]] && talk.serverNames == [ids[0]], "\(talk)")
        #expect(talks.mentioning == [1])
        for who in [ids[0], String(ids[0].prefix(14)), PeerID(ids[1])?.cid ?? "", talk.client.description] {
            #expect(talks.flows(of: who) == [1], "\(who)")
        }
        #expect(talks.flows(of: "12D3KooWAAAA") == [] && talks.flows(of: "12D3KooW") == nil)
    }
    /// The payloads of a Noise handshake are messages in a capture. The private keys of one side are enough, and so are
    /// the ephemeral keys of both sides.
    @Test func noisePayloads() throws {
        let all = try Self.keys("gossipsub-noise-mplex")
        for labels in [
            ["NOISE_STATIC_INITIATOR", "NOISE_EPHEMERAL_INITIATOR"],
            ["NOISE_STATIC_RESPONDER", "NOISE_EPHEMERAL_RESPONDER"],
            ["NOISE_EPHEMERAL_INITIATOR", "NOISE_EPHEMERAL_RESPONDER"], [],
        ] {
            let some = Secrets()
            for secret in all.all() where labels.contains(secret.label) { some.add(secret) }
            #expect(some.count == labels.count)
            var file = try CaptureFile(Self.folder + "gossipsub-noise-mplex.pcap", secrets: some)
            var table = FlowTable([Definition.gossipsub.withNoisePayloads()], ReadingOptions(secrets: some))
            var kept = Kept()
            #expect(table.read(&file, &kept) == nil)
            let payloads = kept.records.indices.filter { kept.records[$0].name == "libp2p.noise_payload" }
            #expect(payloads.map { kept.records[$0].isFromClient } == (labels.isEmpty ? [] : [false, true]))
            for i in payloads {
                let payload = try NoisePayload(copying: kept.bytes[i])
                #expect(payload.identityKey?.own?.count == 36 && payload.identitySignature?.own?.count == 64)
                let muxers = payload.extensions?.streamMuxers.map { $0.string(in: RawSpan()) }
                #expect(muxers?.contains("/mplex/6.7.0") == true)
                #expect(kept.records[i].isCarried && kept.records[i].kind == .message)
            }
            #expect(kept.records.contains { $0.name == "gossipsub.rpc" } == !labels.isEmpty)
        }
    }
    /// Segments of one byte or of seven bytes give the same messages.
    @Test(arguments: names, [1, 7]) func cut(_ name: String, _ pieces: Int) throws {
        let (whole, _) = try Self.decoded(name)
        let wire = Wire2()
        var segments = wire.opening
        var said = [0, 0]
        for i in whole.records.indices where !whole.records[i].isCarried {
            let side = whole.records[i].isFromClient ? 0 : 1
            for start in stride(from: 0, to: whole.bytes[i].count, by: pieces) {
                let part = Array(whole.bytes[i][start..<min(whole.bytes[i].count, start + pieces)])
                segments.append(side == 0 ? wire.say(part, at: said[0]) : wire.answer(part, at: said[1]))
                said[side] += part.count
            }
        }
        var table = FlowTable([.gossipsub], ReadingOptions(secrets: try Self.keys(name)))
        var again = Kept()
        for (i, segment) in segments.enumerated() {
            let packet = Wrapping.ethernet.packet(segment)
            table.receive(
                Packet(
                    number: i + 1, time: Timestamp(nanoseconds: Int64(i) * 1_000_000), length: packet.count,
                    link: .ethernet,
                    bytes: packet.span.bytes), &again)
        }
        table.finish(&again)
        for byClient in [true, false] {
            func told(_ kept: Kept) -> [String] {
                kept.records.indices.filter { kept.records[$0].isFromClient == byClient }.map {
                    "\(kept.records[$0].path) \(kept.records[$0].name) \(kept.bytes[$0].hex)"
                }
            }
            // The order within one stream does not change.
            let isSame = told(whole).sorted() == told(again).sorted()
            #expect(isSame && !told(again).isEmpty)
            let ofPubsub = { (kept: Kept) in told(kept).filter { $0.contains(" gossipsub.rpc ") } }
            let isInOrder = ofPubsub(whole) == ofPubsub(again)
            #expect(isInOrder, "\(ofPubsub(whole).count) \(ofPubsub(again).count)")
        }
    }
    /// The capture itself may contain the keys.
    @Test func keysInTheCapture() throws {
        let name = "gossipsub-noise-yamux"
        let secrets = try Self.keys(name)
        var writer = PcapngWriter(application: "test")
        writer.add(secrets)
        writer.addInterface(.ethernet)
        var file = try CaptureFile(Self.folder + name + ".pcap")
        while let packet = try file.next() {
            writer.add(packet: packet.bytes.withUnsafeBytes { [UInt8]($0) }, at: packet.time, length: packet.length)
        }
        let made = try TemporaryFile(writer.bytes)
        let found = Secrets()
        let (kept, _) = try Self.decoded(made.path, found)
        #expect(found.all() == secrets.all())
        #expect(kept.bytes == (try Self.decoded(name).0.bytes))
        // The TLS key log contains none of the Noise keys.
        #expect(secrets.keyLog(ofNoise: false) == nil)
    }
}
