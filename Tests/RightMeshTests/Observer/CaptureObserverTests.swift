import Testing
import Wire

@testable import Node
@testable import RightMesh

/// The findings of an observer that receives all datagrams.
@Suite struct CaptureObserverTests {
    /// An observer and its results.
    struct Ear {
        var observer: CaptureObserver
        var number = 0
        init(_ scrutiny: Scrutiny = .content, memory: Int = 32 << 20) {
            observer = CaptureObserver(scrutiny, memory: memory)
        }
        mutating func hear(
            _ datagram: [UInt8], from: UInt16 = 1, to: UInt16 = 2, at ms: Int64 = 0
        ) -> [ObservedMessage] {
            var out: [ObservedMessage] = []
            number += 1
            observer.observe(
                datagram.span.bytes, from: .loopback(from), to: .loopback(to), number: number,
                at: .zero + .milliseconds(ms), into: &out)
            return out
        }
        mutating func end() -> [ObservedMessage] {
            var out: [ObservedMessage] = []
            observer.finish(into: &out)
            return out
        }
    }
    static func fields(_ told: ObservedMessage, _ bytes: [UInt8]) -> Value? {
        told.type?.dissect(bytes.span.bytes, hint: told.hint).fields(in: bytes.span.bytes)
    }
    static func count(_ value: Value?) -> Int? { if case .list(let items)? = value { items.count } else { nil } }
    static func notes(_ told: [ObservedMessage]) -> [String] {
        told.flatMap(\.findings).map { "\($0.severity) \($0.requirement ?? "-") \($0.text)" }
    }

    /// RM-11: each fragment with its records, then the message with the places of its bytes.
    @Test(arguments: [1, 4, 200, 1000], [256, 300, 8000]) func partsAndWhole(_ count: Int, _ most: Int) throws {
        let whole = Maker.message(peers: count)
        let datagrams = try Fragmenter.split(whole.span.bytes, maxDatagram: most)
        var ear = Ear()
        var records = 0
        for (i, d) in datagrams.enumerated() {
            let told = ear.hear(d)
            let isLast = i == datagrams.count - 1
            try #require(told.count == (isLast && i > 0 ? 2 : 1))
            #expect(told[0].kind == .datagram)
            #expect(told[0].type == (datagrams.count == 1 ? Hello.self : Fragment.self) as any Message.Type)
            let fields = try #require(Self.fields(told[0], d))
            records += try #require(Self.count(fields["peers"]?["records"]))
            let tree = Fragment.dissect(d.span.bytes, hint: told[0].hint)
            #expect(tree.notes.isEmpty && tree.error == nil, "\(tree.notes)")
            guard told.count == 2 else { continue }
            #expect(told[1].kind == .rejoined && told[1].bytes.count == whole.count)
            #expect(told[1].bytes[72...] == whole[72...])
            let own = told[1].bytes
            let look = Hello.inspect(own.span.bytes)
            #expect(look == .plain && !told[1].isRemarkable)
            // Each byte is at the place that the parts state.
            var at = 0
            for (n, part) in told[1].parts.enumerated() {
                // The number and the length of a fragment do not belong to the message.
                #expect(part.range.lowerBound == at + (n == 1 || n == 2 ? 2 : 0))
                at = part.range.upperBound
                let there = datagrams[part.number - 1][part.offset..<part.offset + part.range.count]
                if n > 0 { #expect(told[1].bytes[part.range] == there) }
            }
            #expect(at == whole.count && told[1].parts[0].number == datagrams.count)
        }
        #expect(records == count)
        #expect(ear.end().isEmpty)
    }
    /// In reverse order, the records are guessed until the first fragment arrives.
    @Test func outOfOrder() throws {
        let datagrams = Maker.datagrams(peers: 30, maxDatagram: 256)
        var ear = Ear()
        let guessed = ear.hear(datagrams[2])
        #expect(
            Self.notes(guessed) == ["info - records of 24 bytes are a guess: the first fragment did not come before it"]
        )
        #expect(Self.count(Self.fields(guessed[0], datagrams[2])?["peers"]?["records"]) == 7)
        #expect(Self.notes(ear.hear(datagrams[0])) == [])
        let third = ear.hear(datagrams[3])
        #expect(Self.notes(third) == [])
        #expect(Self.count(Self.fields(third[0], datagrams[3])?["peers"]?["records"]) == 7)
    }
    /// If a sender cuts inside a record, the observer shows the records anyway and reports it.
    @Test func cutAnywhere() throws {
        let whole = Maker.message(peers: 20)
        var ear = Ear()
        var told: [ObservedMessage] = []
        var records = 0
        for (i, range) in [72..<190, 190..<300, 300..<whole.count].enumerated() {
            var d = Array(whole[..<72] + whole[range])
            (d[57], d[59]) = (UInt8(i), 3)
            (d[68], d[69]) = (UInt8(range.count >> 8), UInt8(range.count & 255))
            let heard = ear.hear(d)
            told += heard
            records += Self.count(Self.fields(heard[0], d)?["peers"]?["records"]) ?? 0
        }
        #expect(told.last?.kind == .rejoined)
        #expect(Self.notes(told).filter { $0.hasPrefix("violation RM-48") }.count == 2)
        #expect(records == 18, "two are cut")
    }
    @Test func neverWhole() {
        let datagrams = Maker.datagrams(peers: 40, maxDatagram: 256)
        var ear = Ear()
        for i in datagrams.indices where ![1, 3, 4].contains(i) { _ = ear.hear(datagrams[i], at: Int64(i)) }
        // A datagram of another node, seconds later, shows that the time is over.
        let later = ear.hear(Maker.message(src: 0xc1, peers: 0), from: 9, to: 8, at: 5000)
        #expect(later.map(\.kind) == [.incomplete, .datagram])
        #expect(later[0].source == .loopback(1) && later[0].destination == .loopback(2))
        #expect(later[0].time == .zero + .milliseconds(Int64(datagrams.count - 1)))
        #expect(
            Self.notes(later)[0].hasSuffix(
                "fragments 1 and 3..4 of \(datagrams.count) never came (4 s after the first)"))
        #expect(ear.end().isEmpty)
        // At the end of the capture, it is unknown if more fragments followed.
        _ = ear.hear(datagrams[0], at: 6000)
        let end = ear.end()
        #expect(end.map(\.kind) == [.incomplete] && end[0].findings.map(\.severity) == [.info])
        // The number of a single fragment has a different wording than a count.
        for i in datagrams.indices where i != 2 { _ = ear.hear(datagrams[i], at: 6000) }
        #expect(
            Self.notes(ear.end()).map {
                $0.hasSuffix(": fragment 2 of \(datagrams.count) never came (the capture ends)")
            } == [true])
        // If very many are missing, only some are listed.
        let many = Maker.datagrams(peers: 500, maxDatagram: 256)
        for i in many.indices where i % 2 == 0 { _ = ear.hear(many[i], at: 6000) }
        #expect(
            Self.notes(ear.end())[0].contains(
                ": fragments 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, .. (\(many.count / 2)) of "))
    }
    /// Rows of the table: the datagrams that a receiver drops, and the side that is to blame.
    @Test func contradictions() throws {
        var ear = Ear()
        let d = Maker.datagrams(peers: 20, maxDatagram: 256)
        _ = ear.hear(d[0])
        #expect(Self.notes(ear.hear(d[0])) == ["info - this fragment was there already"])
        var other = d[0]
        other[200] ^= 1
        let conflict = ear.hear(other)
        #expect(Self.notes(conflict)[0].hasPrefix("violation RM-59 not the earlier bytes of this fragment"))
        #expect(conflict.map(\.kind) == [.datagram, .incomplete])
        _ = ear.hear(d[0])
        var longer = d[1]
        longer[63] ^= 8
        #expect(Self.notes(ear.hear(longer))[0].hasPrefix("violation RM-59 another message than the earlier fragments"))
        for one in d { _ = ear.hear(one) }
        #expect(Self.notes(ear.hear(d[0])).last?.hasPrefix("info - said again: it was whole with frame") == true)
        // The same number with another body.
        let changed = Maker.message(msgID: 1, peers: 3)
        #expect(Self.notes(ear.hear(changed)).contains { $0.hasPrefix("violation RM-59 another body") })
        // The same header with another body: this is a new message in one datagram, not a repetition.
        let single = Maker.message(msgID: 2, peers: 2)
        _ = ear.hear(single)
        var altered = single
        altered[altered.count - 1] ^= 1
        #expect(Self.notes(ear.hear(altered)).contains { $0.hasPrefix("violation RM-59 another body") })
        #expect(Self.notes(ear.hear(single)).last?.hasPrefix("info - said again") == true)
        // An answer that names no request.
        let unnamed = Maker.message(.helloAck, msgID: 3, ackID: 0, peers: 2)
        #expect(Self.notes(ear.hear(unnamed)).contains { $0.hasPrefix("violation RM-63 ") })
        _ = ear.hear(Maker.message(msgID: 5, peers: 2), at: 10)
        #expect(
            Self.notes(ear.hear(Maker.message(msgID: 4, peers: 1), at: 20))[0].hasPrefix(
                "info RM-40 a newer message, 5"))
        _ = ear.hear(Maker.message(msgID: 1, boot: 9, peers: 2), at: 30)
        #expect(Self.notes(ear.hear(Maker.message(msgID: 6, peers: 1), at: 40))[0].hasPrefix("info RM-42"))
        var wrong = Maker.message(msgID: 7, boot: 9, peers: 2)
        wrong[90] ^= 1
        #expect(Self.notes(ear.hear(wrong, at: 50)).contains { $0.hasPrefix("violation RM-12 not the checksum") })
    }
    /// RM-39: fragments of a FIND over two relays form one message.
    @Test func overTwoRelays() {
        let d = Maker.datagrams(.find, peers: 20, maxDatagram: 256)
        var ear = Ear()
        var told: [ObservedMessage] = []
        for (i, one) in d.enumerated() { told = ear.hear(one, from: i % 2 == 0 ? 1 : 3) }
        #expect(told.map(\.kind) == [.datagram, .rejoined])
    }
    @Test func headersThatAreNone() {
        var ear = Ear()
        var bad = Maker.message(peers: 1)
        bad[51] = 0
        let stranger = ear.hear(bad)
        #expect(stranger.map(\.kind) == [.malformed])
        #expect(
            Self.notes(stranger)[0].hasPrefix("warning RM-53") && Self.notes(stranger)[0].contains("unless another"))
        _ = ear.hear(Maker.message(peers: 1))
        #expect(Self.notes(ear.hear(bad))[0].hasPrefix("violation RM-53"))
        bad[2] = 2
        #expect(Self.notes(ear.hear(bad))[0].contains("unless it belongs to a newer generation"))
        #expect(Self.notes(ear.hear([1, 2, 3]))[0].hasPrefix("violation -"))
        #expect(ear.hear([]).map(\.kind) == [.malformed])
    }
    /// Violations that a single message proves.
    @Test func recordsThatNoTableTakes() throws {
        func told(_ change: (inout Hello) -> Void) -> [String] {
            var hello = Hello(peers: Peers(Maker.peers(3), isSnapshot: true))
            hello.header.src = MeshID(repeating: 0xa1)
            hello.header.dst = MeshID(repeating: 0xb2)
            change(&hello)
            var ear = Ear(.state)
            return Self.notes(ear.hear(hello.encoded()))
        }
        func peer(_ change: @escaping (inout Peer) -> Void) -> (inout Hello) -> Void {
            return { hello in
                guard var peers = hello.body.peers else { return }
                change(&peers.records[1])
                hello.body.peers = peers
            }
        }
        func aged(_ hop: UInt8, _ age: UInt16) -> (inout Hello) -> Void { peer { ($0.hop, $0.age) = (hop, age) } }
        let cases: [(begins: String?, change: (inout Hello) -> Void)] = [
            (nil, { _ in }),
            ("violation RM-37 1 records", peer { $0.hop = 0 }),
            ("violation RM-37 1 records", peer { $0.id = MeshID() }),
            ("warning RM-37 1 records", peer { $0.hop = 16 }),
            ("violation RM-49", peer { $0.flags = 1 }),
            ("violation RM-58", peer { $0.id = MeshID(repeating: 0xb2) }),
            ("warning - it lists", peer { $0.id = MeshID(repeating: 0xa1) }),
            ("violation RM-45", { $0.header.hopLimit = 2 }),
            // The limit at 2 hops is 36 s, and seconds are rounded up.
            (nil, aged(1, 30)), (nil, aged(2, 36)), (nil, aged(15, 114)),
            ("violation RM-57", aged(1, 31)), ("violation RM-57", aged(2, 37)), ("violation RM-57", aged(15, 115)),
            (
                "violation RM-07 a phone lists none in its HELLO",
                { hello in
                    hello.header.role = .client
                    hello.body.superpeers = Superpeers([])
                }
            ),
            (
                "violation RM-07 the sender is not the first",
                { hello in
                    hello.header.role = .superpeer
                    var other = Superpeer()
                    (other.id, other.hop) = (MeshID(repeating: 1), 1)
                    hello.body.superpeers = Superpeers([other])
                }
            ),
        ]
        for (i, one) in cases.enumerated() {
            let notes = told(one.change)
            #expect(notes.count == (one.begins == nil ? 0 : 1), "case \(i): \(notes)")
            if let begins = one.begins { #expect(notes.first?.hasPrefix(begins) == true, "case \(i): \(notes)") }
        }
    }
    /// Sends a message between nodes, from `src` at the port of this number to `dst`.
    static func say(
        _ ear: inout Ear, _ type: MessageType, _ src: UInt8, _ dst: UInt8, _ msgID: UInt32, ack: UInt32 = 0,
        role: Role = .superpeer, _ peers: [(id: UInt8, hop: UInt8, age: UInt16)], at ms: Int64
    ) throws -> [String] {
        var header = Header(type)
        (header.src, header.dst, header.role) = (MeshID(repeating: src), MeshID(repeating: dst), role)
        (header.msgID, header.ackID, header.boot) = (msgID, ack, 7)
        var body = Body()
        body.peers = Peers(
            peers.map { Peer(MeshID(repeating: $0.id), hop: $0.hop, role: .client, age: $0.age) },
            isSnapshot: true)
        if role.isSuperpeer, type == .hello {
            var own = Superpeer()
            own.id = header.src
            body.superpeers = Superpeers([own])
        }
        func encoded<M: RightMeshMessage>(_: M.Type) -> [UInt8] {
            var m = M()
            (m.header, m.body) = (header, body)
            return m.encoded()
        }
        let bytes = try #require(type.message.map { encoded($0) })
        return Self.notes(ear.hear(bytes, from: UInt16(src), to: UInt16(dst), at: ms))
    }
    /// RM-05: a late message may be a lost packet. An early message is reported once.
    @Test func rhythm() throws {
        var ear = Ear(.state)
        var told: [[String]] = []
        for (i, ms) in ([0, 6000, 12_500, 19_700, 21_000, 22_000] as [Int64]).enumerated() {
            told.append(try Self.say(&ear, .hello, 1, 2, UInt32(i + 1), [], at: ms))
        }
        #expect(told.map(\.count) == [0, 0, 0, 1, 1, 0])
        #expect(told[3][0].hasPrefix("warning RM-05 7.2 s after the HELLO before, unless one is missing"))
        #expect(told[4][0].hasPrefix("warning RM-05 only 1.3 s after"))
    }
    /// RM-23: a node that answered a phone has received from it, and lists it until HOLD is over.
    @Test func snapshotWithoutANeighbour() throws {
        var ear = Ear()
        #expect(try Self.say(&ear, .hello, 1, 2, 1, [], at: 0) == [])
        #expect(try Self.say(&ear, .info, 9, 1, 1, role: .master, [], at: 100) == [])
        #expect(try Self.say(&ear, .infoAck, 1, 9, 2, ack: 1, [], at: 110) == [])
        let early = try Self.say(&ear, .hello, 1, 2, 3, [(5, 1, 0)], at: 6000)
        #expect(early.count == 1 && early[0].hasPrefix("warning RM-07 a snapshot without 1 peer"))
        #expect(try Self.say(&ear, .hello, 1, 2, 4, [(9, 1, 12)], at: 12_000).count == 1, "5 was there, 6 s ago")
        #expect(try Self.say(&ear, .hello, 1, 2, 5, [(9, 1, 18), (5, 1, 0)], at: 18_000) == [])
        let missing = try Self.say(&ear, .hello, 1, 2, 6, [(5, 1, 0)], at: 24_000)
        #expect(missing.count == 1 && missing[0].hasPrefix("warning RM-07 a snapshot without 1 peer"))
        #expect(missing[0].hasSuffix(String(repeating: "09", count: 20)))
        // 30 s after its last message, the phone may be gone. A node does not list a peer to itself.
        #expect(try Self.say(&ear, .hello, 1, 2, 7, [(5, 1, 6)], at: 30_000) == [])
        let far = try Self.say(&ear, .hello, 1, 2, 8, [(5, 3, 12)], at: 36_000)
        #expect(far.count == 1 && far[0].hasPrefix("warning RM-22 1 records are too far away"))
        // The same from a restarted node gives no finding.
        #expect(ear.end().isEmpty)
    }
    /// Each node that lists an outdated peer gets one finding. A peer that is received again gets none.
    @Test func recordsThatGrowOlder() throws {
        var ear = Ear()
        var told: [[String]] = []
        for (i, age) in ([3, 9, 15, 21, 2, 8, 4] as [UInt16]).enumerated() {
            told.append(
                try Self.say(&ear, .hello, 1, 2, UInt32(i + 1), [(5, 1, age), (6, 1, 4)], at: Int64(i) * 6000))
        }
        #expect(told[2].count == 1 && told[2][0].hasPrefix("info - 1 records keep growing older"))
        #expect(told[2].allSatisfy { $0.hasSuffix("05, 15 s") })
        told[2] = []
        #expect(told == told.map { _ in [] }, "\(told)")
    }
    /// RM-57 and hops: a record may not be nearer or younger than all earlier reports, unless packets are missing.
    @Test func betterThanItWasTold() throws {
        var ear = Ear()
        var told: [[String]] = []
        for i in 0..<8 as Range<Int64> {
            let at = i * 6000
            // Node 3 reports 8 to 1, two hops away and older each time. Node 1 reports it to 2.
            told.append(
                try Self.say(
                    &ear, .hello, 3, 1, UInt32(i + 1), [(8, 2, 4 + UInt16(i) * 6)].filter { $0.age < 36 }, at: at))
            let claim: (id: UInt8, hop: UInt8, age: UInt16) =
                i == 6 ? (8, 2, 30) : i == 7 ? (8, 3, 0) : (8, 3, 5 + UInt16(i) * 6)
            told.append(try Self.say(&ear, .hello, 1, 2, UInt32(i + 1), [claim], at: at + 1000))
        }
        #expect(told[6].count == 1 && told[6][0].hasPrefix("info - 1 records keep growing older"), "two hops, 22 s")
        #expect(told[9].count == 1 && told[9][0].hasPrefix("info - 1 records keep growing older"), "three hops, 29 s")
        (told[6], told[9]) = ([], [])
        #expect(told.dropLast(4).allSatisfy { $0 == [] }, "\(told)")
        #expect(
            told[13].contains { $0.hasPrefix("warning RM-30 1 records are nearer") && $0.hasSuffix("2 hops, not 3") })
        #expect(told[15].contains { $0.hasPrefix("warning RM-57 1 records are younger") })
    }
    /// The memory is limited, and the observer reports what it gives up.
    @Test func memory() {
        var ear = Ear(memory: 1 << 20)
        var givenUp = 0
        for i in 0..<2000 {
            let told = ear.hear(
                Maker.beginning(src: Maker.id(i), bytes: 4000), from: 1, to: UInt16(i + 10), at: Int64(i))
            givenUp += told.count { $0.kind == .givenUp }
        }
        #expect(givenUp > 1700 && givenUp < 1800)
        #expect(ear.end().count + givenUp == 2000)
    }
}
