import Testing
import Wire

@testable import Nano
@testable import Node

/// The findings of a passive observer about a node, from its first message.
struct OutsideTests {
    var a = Peer()
    var b: Peer = {
        var peer = Peer.stranger
        peer.cookie = Key32(repeating: 0x24)
        return peer
    }()
    typealias Spoken = (Opener, [UInt8])

    /// Returns the findings about these messages, as `severity requirement path`.
    func see(_ messages: [Spoken], _ scrutiny: Scrutiny = .content, missed: Bool = false) throws -> [String] {
        var observer = ConnectionObserver(nil, scrutiny)
        if missed { observer.miss() }
        var out: [Finding] = []
        for (sender, bytes) in messages {
            var framing = StreamFraming(nil)
            guard case .message(let type, bytes.count) = framing.next(bytes.span.bytes) else {
                Issue.record("not one message")
                continue
            }
            observer.observe(
                type, bytes.span.bytes, isGood: type.inspect(bytes.span.bytes) != .refused, from: sender, at: .zero,
                into: &out)
        }
        return out.map { "\($0.severity) \($0.requirement ?? "-") \($0.path)" }
    }
    func shaken(_ version: UInt8 = 2) -> [Spoken] {
        [
            (.us, a.query(version)), (.them, b.response(to: a.cookie, version, query: true)),
            (.us, a.response(to: b.cookie, version)),
        ]
    }

    /// A connection without a handshake, from SYN to FIN: one finding for each side. The observer blames no side for
    /// messages that it missed.
    @Test func withoutAHandshake() throws {
        let talk: [Spoken] = [
            (.us, a.keepalive()), (.us, a.keepalive()), (.them, b.keepalive()), (.them, b.keepalive()),
        ]
        #expect(try see(talk) == ["violation NANO-40 ", "violation NANO-37 "])
        #expect(try see(talk, missed: true) == [])
        #expect(try see([(.us, a.probe())]) == ["violation NANO-40 "])
        for (type, count) in [(6, 64), (7, 0), (8, 40), (0x0b, 49)] as [(UInt8, Int)] {
            let first = Early.header(type) + Early.zeros[..<count]
            #expect(try see([(.us, first), (.us, a.keepalive())]) == [], "who bootstraps needs none")
        }
        var old = a
        old.rules.profile = .legacy
        #expect(try see([(.us, old.keepalive())]) == ["warning NANO-40 "])
    }
    /// A side remains in its network.
    @Test(arguments: [true, false]) func anotherNetwork(isOpener: Bool) throws {
        var elsewhere = isOpener ? a : b
        elsewhere.rules.network = .live
        let sender: Opener = isOpener ? .us : .them
        let talk = shaken() + [(sender, a.keepalive()), (sender, elsewhere.keepalive())]
        #expect(try see(talk) == ["violation NANO-06 network"])
        #expect(try see(Array(talk.suffix(2)), missed: true) == ["warning NANO-06 network"])
        #expect(try see(shaken() + [(sender, a.keepalive())]) == [])
    }
    /// The form of answers in the handshake.
    @Test func formOfAnswers() throws {
        for version in [1, 2, 3] as [UInt8] { #expect(try see(shaken(version)) == []) }
        let query = (Opener.us, a.query(2))
        func answer(_ bytes: [UInt8], to first: Spoken) throws -> [String] {
            try see([first, (.them, bytes)]).filter { !$0.hasSuffix("signature") }
        }
        #expect(try answer(b.response(to: a.cookie, 1, query: true), to: query) == ["violation NANO-16 response"])
        #expect(try answer(b.response(to: a.cookie), to: query) == ["warning NANO-16 query"])
        #expect(
            try answer(b.response(to: a.cookie, query: true), to: (.us, a.query(1))) == ["violation NANO-17 response"])
        #expect(
            try answer(b.response(to: a.cookie, query: true), to: (.us, a.query(3))) == [], "V3 asks for V2 as well")
        // The accepting side sends query and response in one message. The opener sends only a response.
        #expect(try answer(b.query(), to: query) == ["violation NANO-16 response"])
        #expect(try answer(b.query(1), to: (.us, a.query(1))) == ["violation NANO-17 response"])
        let asks = Array(shaken(2).dropLast()) + [(Opener.us, a.response(to: b.cookie, query: true))]
        #expect(try see(asks) == ["violation NANO-41 query", "violation NANO-25 query"])
        #expect(try see([(.us, a.response(to: b.cookie))]) == ["violation NANO-40 response"])
        #expect(try see([(.us, a.response(to: b.cookie))], missed: true) == [])
        #expect(try see([(.them, b.query())], missed: true) == [])
        let late = Array(shaken(2).dropLast()) + [(Opener.us, a.response(to: b.cookie, 1))]
        #expect(try see(late).contains("violation NANO-41 response"))
        let old = Array(shaken(1).dropLast()) + [(Opener.us, a.response(to: b.cookie, 2))]
        #expect(try see(old).contains("violation NANO-42 response"))
    }

    func telemetry(of peer: Peer, _ change: (inout TelemetryAck.Telemetry) -> Void = { _ in }, spoil: Bool = false)
        -> Spoken
    {
        var message = TelemetryAck()
        message.header = peer.rules.header(.telemetryAck)
        var data = TelemetryAck.Telemetry()
        data.nodeID = peer.id
        data.genesis = peer.rules.network.genesis
        data.protocolVersion = message.header.versionUsing
        change(&data)
        data.sign(with: peer.key)
        if spoil { data.signature.bytes[7] ^= 1 }
        message.data = data
        return (.them, message.encoded())
    }
    /// NANO-76 and NANO-74: the sender of telemetry, and its claims about itself.
    @Test func telemetryOfASender() throws {
        #expect(try see(shaken() + [telemetry(of: b)]) == [])
        #expect(try see(shaken() + [telemetry(of: b, spoil: true)]) == ["violation NANO-76 data.signature"])
        #expect(try see(shaken() + [telemetry(of: b, spoil: true)], .state) == [], "signatures are for those who ask")
        let another = telemetry(of: a)
        #expect(try see(shaken() + [another]) == ["violation NANO-76 data.node_id"])
        #expect(try see(shaken() + [another], .state) == ["violation NANO-76 data.node_id"])
        #expect(try see([another], missed: true) == [], "who it is was not seen")
        let foreign = telemetry(of: b) { $0.genesis.bytes[0] ^= 1 }
        #expect(try see(shaken() + [foreign]) == ["violation NANO-74 data.genesis"])
        let newer = telemetry(of: b) { $0.protocolVersion += 1 }
        #expect(try see(shaken() + [newer]) == ["violation NANO-74 data.protocol_version"])
    }

    func ask(_ id: UInt64 = 7, _ fill: (inout AscPullReq.Body) -> Void) -> Spoken {
        var message = AscPullReq()
        message.header = a.rules.header(.ascPullReq)
        message.frame.id = id
        fill(&message.body)
        message.frame.pullType = message.body.pullType
        return (.us, message.encoded())
    }
    func answer(_ id: UInt64 = 7, _ fill: (inout AscPullAck.Body) -> Void) -> Spoken {
        var message = AscPullAck()
        message.header = b.rules.header(.ascPullAck)
        message.frame.id = id
        fill(&message.body)
        message.frame.pullType = message.body.pullType
        return (.them, message.encoded())
    }
    func info(_ account: Key32) -> (inout AscPullAck.Body) -> Void {
        { body in
            body.pullType = .accountInfo
            body.accountInfo = .init()
            body.accountInfo?.account = account
        }
    }
    /// An answer has the id, the kind and the subject of the request, and occurs once.
    @Test func answersToNothing() throws {
        let genesis = a.rules.network.genesisAccount
        let asked = (Opener.us, a.probe(7))
        func told(_ rest: [Spoken], missed: Bool = false) throws -> [String] {
            var all = shaken() + [asked] + rest
            if missed { all.removeFirst(3) }
            return try see(all, .state, missed: missed)
        }
        #expect(try told([answer(7, info(genesis))]) == [])
        #expect(try told([answer(8, info(genesis))]) == ["violation NANO-79 id"])
        #expect(try told([answer(8, info(genesis))], missed: true) == [], "it may answer what nobody saw")
        #expect(try told([answer(7, info(genesis)), answer(7, info(genesis))]) == ["violation NANO-91 id"])
        #expect(try told([answer(7, info(Key32(repeating: 1)))]) == ["violation NANO-80 account_info.account"])
        #expect(
            try told([answer(7, info(Key32(repeating: 1)))], missed: true) == ["warning NANO-80 account_info.account"])
        let other = answer(7) { body in
            body.pullType = .frontiers
            body.frontiers = .init()
        }
        #expect(try told([other]) == ["violation NANO-79 pull_type"])
        // If an id was used for two requests, it may have two answers.
        let answered = answer(7, info(genesis))
        #expect(try told([asked, answered, answered, other]) == [])
        // The observer does not know the account of a block.
        #expect(
            try see(shaken() + [(.us, a.probe(9, target: genesis, .block)), answer(9, info(Key32()))], .state) == [])
        // Either side may ask. A side does not answer its own request.
        let (own, theirs) = ((Opener.us, answered.1), (Opener.them, asked.1))
        #expect(try see(shaken() + [theirs, own], .state) == [])
        #expect(try see(shaken() + [theirs, own, own], .state) == ["violation NANO-91 id"])
        #expect(try see(shaken() + [asked, own], .state) == ["violation NANO-79 id"])
        #expect(try see(shaken() + [theirs, answered], .state) == ["violation NANO-79 id"])
    }
    /// The finding names the requirement about the requested kind.
    @Test func answersOfAnotherKind() throws {
        let blocks = ask { body in
            body.pullType = .blocks
            body.blocks = .init()
            body.blocks?.count = 1
        }
        let frontiers = ask { body in
            body.pullType = .frontiers
            body.frontiers = .init()
            body.frontiers?.count = 1
        }
        for (asked, rule) in [(blocks, "NANO-82"), (frontiers, "NANO-86")] {
            #expect(
                try see(shaken() + [asked, answer(7, info(Key32()))], .state) == ["violation \(rule) pull_type"])
        }
    }
    /// NANO-82, NANO-83, NANO-85: the blocks begin at the requested place, and their number is at most the requested
    /// one.
    @Test func blocksOfAnAnswer() throws {
        var open = Block.open(NanoNetwork.dev.genesisBlock)
        let account = a.rules.network.genesisAccount
        func told(_ start: Key32, _ type: TargetType, _ count: UInt8, _ blocks: Int) throws -> [String] {
            let asked = ask { body in
                body.pullType = .blocks
                body.blocks = .init()
                body.blocks?.start = start
                body.blocks?.startType = type
                body.blocks?.count = count
            }
            let answered = answer { body in
                body.pullType = .blocks
                body.blocks = .init()
                for _ in 0..<blocks {
                    var entry = BulkBlock()
                    entry.block = open
                    body.blocks?.entries.append(entry)
                }
            }
            return try see(shaken() + [asked, answered], .state)
        }
        #expect(try told(account, .account, 1, 1) == [])
        #expect(try told(account, .account, 1, 0) == [])
        #expect(try told(account, .account, 1, 2) == ["violation NANO-82 blocks.entries"])
        #expect(try told(Key32(repeating: 3), .account, 2, 1) == ["violation NANO-82 blocks.entries"])
        #expect(try told(NanoNetwork.dev.genesisBlock.hash, .block, 2, 1) == [])
        #expect(try told(Key32(repeating: 3), .block, 2, 1) == ["violation NANO-83 blocks.entries"])
        #expect(try told(account, .account, 0, 0) == ["violation NANO-85 blocks"])
        #expect(try told(account, .account, 129, 0) == ["violation NANO-85 blocks"])
        #expect(try told(account, .account, 128, 0) == [])
        // The first block of a chain has no previous block.
        var state = StateBlock()
        state.account = Key32(repeating: 3)
        open = .state(state)
        #expect(try told(state.account, .account, 2, 1) == [])
        state.previous = Key32(repeating: 1)
        open = .state(state)
        #expect(try told(state.account, .account, 2, 1) == ["violation NANO-82 blocks.entries"])
        open = .send(SendBlock())
        #expect(try told(Key32(), .account, 2, 1) == ["violation NANO-82 blocks.entries"])
    }
    /// NANO-86, NANO-87: the heads of accounts are in order, from the requested place.
    @Test func frontiersOfAnAnswer() throws {
        func told(_ start: UInt8, _ count: UInt16, _ accounts: [UInt8]) throws -> [String] {
            let asked = ask { body in
                body.pullType = .frontiers
                body.frontiers = .init()
                body.frontiers?.start = Key32(repeating: start)
                body.frontiers?.count = count
            }
            let answered = answer { body in
                body.pullType = .frontiers
                body.frontiers = .init()
                for n in accounts {
                    var entry = Frontier()
                    entry.account = Key32(repeating: n)
                    body.frontiers?.entries.append(entry)
                }
            }
            return try see(shaken() + [asked, answered], .state)
        }
        #expect(try told(2, 3, [2, 3, 9]) == [])
        #expect(try told(2, 3, []) == [])
        #expect(try told(2, 3, [1, 3]) == ["violation NANO-86 frontiers.entries"])
        #expect(try told(2, 3, [3, 2]) == ["violation NANO-86 frontiers.entries"])
        #expect(try told(2, 2, [3, 4, 5]) == ["violation NANO-86 frontiers.entries"])
        #expect(try told(2, 0, []) == ["violation NANO-87 frontiers"])
        #expect(try told(2, 1001, []) == ["violation NANO-87 frontiers"])
        #expect(try told(2, 1000, []) == [])
        #expect(try told(2, 3, [3, 3]) == ["violation NANO-86 frontiers.entries"])
    }
    /// The number of stored requests is limited. A request without an answer is forgotten, and a later answer is
    /// allowed.
    @Test func requestsWithoutEnd() throws {
        func ids(_ range: Range<Int>) -> [Spoken] { range.map { (Opener.us, a.probe(UInt64($0))) } }
        let limit = PullObserver.limit
        #expect(
            try see(shaken() + ids(0..<limit) + [answer(99_999, info(Key32()))], .state) == ["violation NANO-79 id"])
        #expect(try see(shaken() + ids(0..<2 * limit) + [answer(99_999, info(Key32()))], .state) == [])
    }
    /// Answered requests are also forgotten. Later answers are judged as before.
    @Test func answeredWithoutEnd() throws {
        let limit = UInt64(PullObserver.limit)
        let many = (1...3 * limit).flatMap { id in
            [(Opener.us, a.probe(id, target: Key32())), answer(id, info(Key32()))]
        }
        let asked = shaken() + many + [(Opener.us, a.probe(77_777, target: Key32()))]
        #expect(try see(asked, .state) == [])
        #expect(try see(asked + [answer(99_999, info(Key32()))], .state) == ["violation NANO-79 id"])
        let twice = [answer(77_777, info(Key32())), answer(77_777, info(Key32()))]
        #expect(try see(asked + twice, .state) == ["violation NANO-91 id"])
    }
}
