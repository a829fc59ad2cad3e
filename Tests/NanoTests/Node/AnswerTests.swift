import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// NANO-16 to NANO-20, NANO-23: the answer to a query in each profile.
@Test(arguments: [
    ("v28", 1, 1, 0x0003), ("v28", 2, 2, 0x0007), ("v28", 3, 2, 0x0007), ("legacy", 1, 1, 0x0003),
    ("legacy", 2, 1, 0x0003), ("v29dev", 1, 1, 0x0003), ("v29dev", 2, 2, 0x0007), ("v29dev", 3, 3, 0x000b),
])
func answerToAQuery(profile: String, asked: UInt8, version: UInt8, extensions: UInt16) throws {
    for network in NanoNetwork.all {
        var peer = Peer()
        peer.rules = Ruleset(network: network, profile: .v29dev)
        let (table, link) = try Table.asked(profile: profile, network: network.name, version: asked, by: peer)
        let answer = try #require(table.handshakes(on: link).first)
        let response = try #require(answer.response)
        #expect(answer.version == version && answer.header.extensions.value == extensions)
        #expect(answer.query != nil)
        #expect(response.isSigned(over: peer.cookie))
        #expect(response.nodeID.value(in: RawSpan()) == table.nodeID)
        #expect(version == 1 || response.genesis == network.genesis)
        #expect(response.reserved == 0)
        #expect(table.isOpen(link) && table.heard(on: link).count == 1)
    }
}
extension Table {
    var nodeID: Value? { reports("node", "identity").first?.details.first { $0.key == "node_id" }?.value }
}

/// NANO-24: a keepalive is the first message after the handshake, for either side.
@Test func keepaliveAtOnce() throws {
    let (table, link) = try Table.joined()
    let keepalive = try #require(table.keepalives(on: link).first)
    #expect(keepalive.peers.count == 8)
    #expect(keepalive.peers[0].address == Fixed() && keepalive.peers[0].port == 7001)
    #expect(table.reports("node", "handshake_done").count == 1)
}

/// NANO-21, NANO-22: cookies and salts are fresh, and the node id is constant.
@Test func freshCookiesAndSaltsButOneID() throws {
    var table = Table()
    try table.add("node")
    let links = [table.attach("node"), table.attach("node")]
    for link in links { table.say(Peer().query(), on: link) }
    let answers = links.compactMap { table.handshakes(on: $0).first }
    try #require(answers.count == 2)
    #expect(answers[0].query != answers[1].query)
    #expect(answers[0].response?.salt != answers[1].response?.salt)
    #expect(answers[0].response?.nodeID == answers[1].response?.nodeID)
}

/// NANO-40, NANO-41, NANO-42: the opener asks first. It then answers with only a response, in the version of the
/// question.
@Test(arguments: [("v28", 2, 0x0005), ("legacy", 1, 0x0001), ("v29dev", 3, 0x000d)])
func opener(profile: String, own: UInt8, extensions: UInt16) throws {
    for version in 1...own {
        var peer = Peer()
        peer.rules = Ruleset(network: .dev, profile: .v29dev)
        var table = Table()
        try table.add("node", profile: profile)
        let link = table.attach("node", dialed: true)
        let query = try #require(table.handshakes(on: link).first)
        #expect(table.heard(on: link).map(\.count) == [40])
        #expect(query.header.extensions.value == extensions && query.response == nil)
        table.say(peer.response(to: try #require(query.query), version, query: true), on: link)
        let answer = try #require(table.handshakes(on: link).last)
        #expect(answer.query == nil && answer.version == version)
        #expect(answer.header.extensions.value == [2, 6, 10][Int(version) - 1])
        #expect(answer.response?.isSigned(over: peer.cookie) == true)
        #expect(table.keepalives(on: link).count == 1)
        #expect(table.isAlive(link))
    }
}

/// NANO-79, NANO-80, and other facts that a node knows about accounts.
@Test func accountInfo() throws {
    var (table, link) = try Table.joined()
    func ask(_ target: Key32, _ type: TargetType) -> AscPullAck? {
        let before = table.heard(on: link).count
        table.say(Peer().probe(0x0102_0304_0506_0708, target: target, type), on: link)
        return table.heard(on: link).dropFirst(before).first.flatMap { try? AscPullAck(copying: $0) }
    }
    let dev = NanoNetwork.dev
    let known = try #require(ask(dev.genesisAccount, .account))
    #expect(known.frame.id == 0x0102_0304_0506_0708 && known.header.extensions.value == 144)
    let info = try #require(known.body.accountInfo)
    #expect(info.account == dev.genesisAccount && info.blockCount == 4 && info.confHeight == 4)
    let head = try #require(Ledger.made(.dev, .small).accounts[dev.genesisAccount]?.head)
    #expect(info.open == dev.genesis && info.head == head && info.confFrontier == head)
    #expect(ask(dev.genesis, .block)?.body.accountInfo == info)
    var unknown = AscPullAck.AccountInfo()
    #expect(ask(Key32(repeating: 9), .block)?.body.accountInfo == unknown)
    unknown.account = Key32(repeating: 9)
    #expect(ask(Key32(repeating: 9), .account)?.body.accountInfo == unknown)
    #expect(ask(Key32(), .account) == nil && ask(dev.genesis, TargetType(rawValue: 2)) == nil)
    #expect(table.isOpen(link))
}

/// NANO-45: no byte of a response and no byte of the cookie can change.
@Test(arguments: [1, 2, 3])
func tamperedResponses(version: UInt8) throws {
    let peer = Peer()
    let cookie = Key32(repeating: 3)
    let good = peer.response(to: cookie, version)
    #expect(try NodeIDHandshake(copying: good).response?.isSigned(over: cookie) == true)
    for i in 8..<good.count {
        var bad = good
        bad[i] ^= 0x10
        let response = try NodeIDHandshake(copying: bad).response
        #expect(response?.isSigned(over: cookie) == false, "byte \(i)")
    }
    for i in 0..<32 {
        var other = cookie
        other.bytes[i] ^= 0x01
        #expect(try NodeIDHandshake(copying: good).response?.isSigned(over: other) == false, "cookie, byte \(i)")
    }
}

/// The signed bytes of each version, checked with signatures of other programs: the vectors of the specification
/// (cookie 00..1f) and the handshake of a captured connection.
@Test func signaturesOfOthers() throws {
    func message(_ name: String) throws -> NodeIDHandshake {
        try NodeIDHandshake(copying: try #require(Vector.all.first { $0.name == name }).bytes)
    }
    let cookie = try #require(Key32(exactly: [UInt8](0..<32)))
    for name in ["resp_v1", "resp_v2", "resp_v3", "queryresp_v1", "queryresp_v2", "queryresp_v3"] {
        #expect(try message("hs_\(name)_dev").response?.isSigned(over: cookie) == true, "\(name)")
    }
    let (query, both, last) = try (
        message("hs_query_live_captured"), message("hs_queryresp_live_captured"), message("hs_resp_live_captured")
    )
    #expect(both.response?.isSigned(over: try #require(query.query)) == true)
    #expect(last.response?.isSigned(over: try #require(both.query)) == true)
    #expect(last.response?.isSigned(over: try #require(query.query)) == false)
}
