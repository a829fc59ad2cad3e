import Testing
import Wire

@testable import Nano
@testable import Node

/// Each seeded fault has an effect at its place. There, a good node acts as the requirement demands, and a node with
/// the fault acts differently.
@Test(arguments: Misbehaviour.shown)
func faultShows(fault: Misbehaviour) throws {
    let good = try outcome(of: fault, bug: nil)
    let bad = try outcome(of: fault, bug: fault.name)
    #expect(good != bad, "\(fault.name): \(good)")
    #expect(good == fault.lawful)
}

/// An unknown name is not a fault.
@Test func unknownBugIsNone() throws {
    #expect(try outcome(of: .badSignature, bug: "no-such-bug") == Misbehaviour.badSignature.lawful)
}

@Test func everyFaultIsABug() {
    let bugs = Definition.nano.reference.bugs
    #expect(bugs.map(\.name) == Misbehaviour.allCases.map(\.name))
    // The names follow from the names of the cases.
    #expect(Misbehaviour.oneIDPerIP.name == "one-id-per-ip" && Misbehaviour.newNodeID.name == "new-node-id")
    #expect(Misbehaviour.acceptsOwnIDV1.name == "accepts-own-id-v1")
    #expect(Misbehaviour.v3CapabilitiesLittle.name == "v3-capabilities-little")
    #expect(Set(bugs.map(\.name)).count == bugs.count)
    for bug in bugs {
        #expect(bug.requirement.hasPrefix("NANO-") && !bug.summary.isEmpty)
    }
    let broken = Set(bugs.map(\.requirement))
    // Vectors prove these requirements. No connection of this node can break NANO-15.
    let others: Set<Int> = [15, 44, 45, 46, 57, 58, 59, 60, 64, 65, 66, 70, 71, 72, 73, 92, 94]
    // NANO-33: a node that keeps no cookie answers no peer in time. The other half is NANO-106.
    for number in 6...98 where !others.union([33]).contains(number) {
        #expect(broken.contains("NANO-" + (number < 10 ? "0" : "") + String(number)))
    }
}

extension Misbehaviour {
    /// The faults that `outcome` checks. The suite of scenarios also checks all later ones.
    static let shown = Array(allCases.prefix { $0 != .networkByFirstByte })

    /// The behaviour of a good node in `outcome`.
    var lawful: String {
        switch self {
        case .wrongNetworkAccepted, .oldVersionAccepted, .deletedTypeIgnored, .unknownTypeIgnored, .acceptsSecondQuery,
            .acceptsAnySignature, .acceptsWrongCookie, .acceptsWrongGenesis, .acceptsAlteredSalt, .acceptsOwnID,
            .acceptsResponseFirst, .acceptsEmptyHandshake, .noCookieExpiry, .acceptsRealtimeBeforeHandshake,
            .noIdleTimeout, .acceptsGenesisAsInitiator:
            "closed"
        case .newVersionRefused, .checksVersionMax, .resetsOnTrickle, .dropsCoalesced, .refusesKeepaliveBits,
            .closesOnReplay, .ignoresV1Answer, .failsAtItself:
            "alive"
        case .noAnswer, .v1AnswerToV2, .v2FlagMissing, .undeclaredResponse: "0x7, 200 bytes"
        case .v1QueryIgnored: "0x3, 136 bytes"
        case .v3FlagConfuses: "0x7, 200 bytes"
        case .signatureOverWrongBytes, .badSignature, .badV1Signature: "signed"
        case .wrongGenesis: "genesis of the network"
        case .sameSalt, .sameCookie: "different"
        case .newNodeID: "same"
        case .noKeepalive, .keepaliveWithoutPort: "port 7001"
        case .acceptsDuplicateID: "open closed"
        case .oneIDPerIP: "open open"
        case .closesOnSoftError, .idleTimeoutEarly: "open"
        case .queryNone, .queryLate: "0x5, 40 bytes"
        case .queryInThirdMessage: "0x6, 168 bytes"
        case .goesQuiet: "heard"
        case .ignoresNamedPeers, .contactsAgain: "1 attempt"
        case .contactsReserved: "0 attempts"
        case .keepsPortsToItself: "named"
        case .noAddressLimit, .noSilenceLimit: "closed"
        case .dialsOnce, .forgetsPeers: "2 attempts"
        case .noRepQuery, .wrongRepRoot: "asked by the account"
        default: lawfulServing
        }
    }
}

/// Returns the behaviour of a node, with or without a bug, at the place where this fault has an effect.
private func outcome(of fault: Misbehaviour, bug: String?) throws -> String {
    let peer = Peer()
    func fate(_ table: Table, _ link: LinkID) -> String {
        !table.isOpen(link) ? "closed" : table.isAlive(link) ? "alive" : "open"
    }
    func afterJoining(_ bytes: [UInt8], chop: Int = 0) throws -> String {
        var (table, link) = try Table.joined(bug: bug)
        table.chop = chop
        table.say(bytes, on: link)
        return fate(table, link)
    }
    func form(_ message: NodeIDHandshake?, _ bytes: [UInt8]?) -> String {
        guard let bytes, let header = RawHeader(bytes.span.bytes, at: 0) else { return "nothing" }
        return "0x\(String(header.extensions, radix: 16)), \(bytes.count) bytes"
    }
    func answer(_ version: UInt8) throws -> String {
        let (table, link) = try Table.asked(bug: bug, version: version)
        return form(nil, table.heard(on: link).first)
    }
    func first(_ version: UInt8) throws -> NodeIDHandshake {
        let (table, link) = try Table.asked(bug: bug, version: version)
        return try #require(table.handshakes(on: link).first)
    }
    func responding(_ make: (Key32) -> [UInt8], after: Duration = .zero) throws -> String {
        var (table, link) = try Table.asked(bug: bug)
        let cookie = table.handshakes(on: link).first?.query ?? Key32()
        table.pass(after)
        table.say(make(cookie), on: link)
        return fate(table, link)
    }
    func speakingFirst(_ bytes: [UInt8]) throws -> String {
        var table = Table()
        try table.add("node", bug: bug)
        let link = table.attach("node")
        table.say(bytes, on: link)
        return fate(table, link)
    }
    func dialed() throws -> (Table, LinkID, Key32) {
        var table = Table()
        try table.add("node", bug: bug)
        let link = table.attach("node", dialed: true)
        return (table, link, table.handshakes(on: link).first?.query ?? Key32())
    }
    func two(_ a: Peer, _ b: Peer) throws -> (Table, [LinkID]) {
        var table = Table()
        try table.add("node", bug: bug)
        let links = [table.join(a), table.join(b)]
        return (table, links)
    }
    func silent(_ duration: Duration) throws -> String {
        var table = Table()
        try table.add("node", bug: bug)
        let link = table.attach("node")
        table.pass(duration)
        return table.isOpen(link) ? "open" : "closed"
    }

    switch fault {
    case .wrongNetworkAccepted: return try afterJoining(Early.header(0x0c, network: 0x42))
    case .oldVersionAccepted: return try afterJoining(Early.header(0x0c, using: 0x13))
    case .newVersionRefused: return try afterJoining(Early.header(0x0c, using: 0xff))
    case .checksVersionMax: return try afterJoining([0x52, 0x41, 0xff, 0x15, 0x00, 0x0c, 0, 0])
    case .deletedTypeIgnored: return try afterJoining(Early.header(0x09))
    case .unknownTypeIgnored: return try afterJoining(Early.header(0x10))
    case .resetsOnTrickle: return try afterJoining(peer.keepalive(), chop: 1)
    case .dropsCoalesced:
        var (table, link) = try Table.joined(bug: bug)
        table.say(peer.keepalive() + peer.keepalive() + peer.probe(5), on: link)
        return table.heard(on: link).contains { $0[5] == 0x0f } ? "alive" : "lost"
    case .failsAtItself: return try afterJoining(peer.keepalive(naming: [.loopback(7001)]))
    case .refusesKeepaliveBits: return try afterJoining(peer.keepalive(extensions: 0xffff))
    case .noAnswer, .v1AnswerToV2, .v2FlagMissing, .undeclaredResponse: return try answer(2)
    case .v1QueryIgnored: return try answer(1)
    case .v3FlagConfuses: return try answer(3)
    case .signatureOverWrongBytes, .badSignature:
        return try first(2).response?.isSigned(over: peer.cookie) == true ? "signed" : "not signed"
    case .badV1Signature:
        return try first(1).response?.isSigned(over: peer.cookie) == true ? "signed" : "not signed"
    case .wrongGenesis:
        let response = try #require(try first(2).response)
        if bug == fault.name { #expect(response.isSigned(over: peer.cookie)) }
        return response.genesis == NanoNetwork.dev.genesis ? "genesis of the network" : "another genesis"
    case .sameSalt, .sameCookie, .newNodeID:
        var table = Table()
        try table.add("node", bug: bug)
        let links = [table.attach("node"), table.attach("node")]
        for link in links { table.say(peer.query(), on: link) }
        let both = links.compactMap { table.handshakes(on: $0).first }
        try #require(both.count == 2)
        let areEqual =
            switch fault {
            case .sameSalt: both[0].response?.salt == both[1].response?.salt
            case .sameCookie: both[0].query == both[1].query
            default: both[0].response?.nodeID == both[1].response?.nodeID
            }
        return areEqual ? "same" : "different"
    case .noKeepalive, .keepaliveWithoutPort:
        let (table, link) = try Table.joined(bug: bug)
        return table.keepalives(on: link).first.map { "port \($0.peers[0].port)" } ?? "nothing"
    case .closesOnReplay:
        var (table, link) = try Table.asked(bug: bug)
        let response = peer.response(to: try #require(table.handshakes(on: link).first?.query))
        table.say(response, on: link)
        table.say(response, on: link)
        return fate(table, link)
    case .acceptsSecondQuery: return try responding { peer.response(to: $0, query: true) }
    case .acceptsAnySignature:
        return try responding {
            peer.response(to: $0) { _ in
            } spoil: {
                $0.nodeID = Peer.stranger.id
            }
        }
    case .acceptsWrongCookie: return try responding { _ in peer.response(to: Key32(repeating: 1)) }
    case .acceptsWrongGenesis: return try responding { peer.response(to: $0) { $0.genesis = Key32(repeating: 1) } }
    case .acceptsAlteredSalt:
        return try responding {
            peer.response(to: $0) { _ in
            } spoil: {
                $0.salt.bytes[0] ^= 1
            }
        }
    case .acceptsOwnID:
        var (table, link) = try Table.asked(bug: bug)
        var mirror = Peer()
        mirror.cookie = try #require(table.handshakes(on: link).first?.query)
        let second = table.attach("node")
        table.say(mirror.query(), on: second)
        var reply = mirror.message()
        reply.response = table.handshakes(on: second).first?.response
        table.say(reply.encoded(), on: link)
        return fate(table, link)
    case .acceptsResponseFirst: return try speakingFirst(peer.response(to: Key32()))
    case .acceptsEmptyHandshake: return try speakingFirst(Early.header(0x0a))
    case .acceptsRealtimeBeforeHandshake: return try speakingFirst(peer.keepalive())
    case .closesOnSoftError: return try speakingFirst(Early.header(4, 0x0100))
    case .noCookieExpiry: return try responding({ peer.response(to: $0) }, after: .seconds(7))
    case .acceptsDuplicateID, .oneIDPerIP:
        let (table, links) = try two(peer, fault == .acceptsDuplicateID ? peer : .stranger)
        return links.map { table.isOpen($0) ? "open" : "closed" }.joined(separator: " ")
    case .noIdleTimeout: return try silent(.seconds(20))
    case .idleTimeoutEarly: return try silent(.seconds(12))
    case .goesQuiet, .ignoresNamedPeers, .contactsReserved, .keepsPortsToItself, .contactsAgain, .noAddressLimit,
        .dialsOnce, .forgetsPeers, .noRepQuery, .wrongRepRoot, .noSilenceLimit:
        return try amongPeers(fault, bug)
    case .queryNone, .queryLate:
        var (table, link, _) = try dialed()
        table.pass(.seconds(5))
        return form(nil, table.heard(on: link).first)
    case .queryInThirdMessage:
        var (table, link, cookie) = try dialed()
        table.say(peer.response(to: cookie, query: true), on: link)
        return form(nil, table.heard(on: link).dropFirst().first)
    case .ignoresV1Answer:
        var (table, link, cookie) = try dialed()
        table.say(peer.response(to: cookie, 1, query: true), on: link)
        return fate(table, link)
    case .acceptsGenesisAsInitiator:
        var (table, link, cookie) = try dialed()
        table.say(peer.response(to: cookie, query: true) { $0.genesis = Key32(repeating: 1) }, on: link)
        return fate(table, link)
    default: return try serving(fault, bug)
    }
}

/// Returns the behaviour of a node towards its peers.
private func amongPeers(_ fault: Misbehaviour, _ bug: String?) throws -> String {
    let named = Endpoint(v4: 0x0a00_0200, port: 4000)
    func attempts(_ table: Table, _ peer: Endpoint = named) -> String {
        let n = table.connects(of: "node").count { $0 == peer }
        return "\(n) attempt" + (n == 1 ? "" : "s")
    }
    switch fault {
    case .dialsOnce:
        var table = Table()
        try table.add("node", bug: bug, peers: [named])
        table.miss(named, "node")
        table.pass(.seconds(6))
        return attempts(table)
    case .noAddressLimit:
        var table = Table()
        try table.add("node", network: "live", bug: bug)
        let links = (0..<5).map { _ in table.attach("node") }
        return table.isOpen(links[4]) ? "open" : "closed"
    default: break
    }
    var (table, link) = try Table.joined(bug: bug)
    switch fault {
    case .goesQuiet:
        table.pass(.seconds(1))
        let before = table.heard(on: link).count
        table.pass(.seconds(2))
        return table.heard(on: link).count > before ? "heard" : "nothing"
    case .ignoresNamedPeers:
        table.say(Peer().keepalive(naming: [named]), on: link)
        table.pass(.seconds(1))
        return attempts(table)
    case .contactsReserved:
        let reserved = Endpoint(v4: 0xc000_0201, port: 4000)
        table.say(Peer().keepalive(naming: [reserved]), on: link)
        table.pass(.seconds(1))
        return attempts(table, reserved)
    case .contactsAgain:
        for _ in 0..<3 {
            table.say(Peer().keepalive(naming: [named]), on: link)
            table.pass(.seconds(1))
        }
        return attempts(table)
    case .keepsPortsToItself:
        table.say(Peer().keepalive(port: 4321), on: link)
        let other = table.join(.stranger)
        let ports = table.keepalives(on: other).flatMap(\.peers).map(\.port)
        return ports.contains(4321) ? "named" : "not named"
    case .forgetsPeers:
        let place = Endpoint(v4: 0x0a00_0100, port: 4321)
        table.say(Peer().keepalive(port: 4321), on: link)
        table.pass(.seconds(2))
        table.say(Early.header(0), on: link)
        table.pass(.seconds(2))
        table.miss(place, "node")
        table.pass(.seconds(6))
        return attempts(table, place)
    case .noRepQuery, .wrongRepRoot:
        guard let asked = table.heard(on: link).first(where: { $0[5] == 4 }) else { return "not asked" }
        let root = try #require(Key32(exactly: Array(asked[40..<72])))
        return asked.count == 72 && root == NanoNetwork.dev.genesisAccount ? "asked by the account" : "asked otherwise"
    default:
        table.pass(.seconds(125))
        return table.isOpen(link) ? "open" : "closed"
    }
}

/// A fault has no effect at the places of other faults. The exceptions are related faults, and faults that prevent a
/// handshake.
@Test func faultsAreApart() throws {
    let obstacles: Set<Misbehaviour> = [
        .noAnswer, .v1AnswerToV2, .v2FlagMissing, .undeclaredResponse, .v1QueryIgnored, .queryNone, .queryLate,
    ]
    let related: [Set<Misbehaviour>] = [
        [.acceptsAnySignature, .acceptsWrongCookie, .acceptsAlteredSalt], [.noKeepalive, .keepaliveWithoutPort],
        [.noIdleTimeout, .idleTimeoutEarly], [.signatureOverWrongBytes, .badSignature],
        [.acceptsDuplicateID, .oneIDPerIP], [.goesQuiet, .noKeepalive], [.goesQuiet, .noSilenceLimit],
        [.noKeepalive, .keepsPortsToItself], [.noIdleTimeout, .noSilenceLimit], [.noRepQuery, .wrongRepRoot],
        [.contactsAgain, .forgetsPeers], [.contactsAgain, .ignoresNamedPeers], [.oneIDPerIP, .keepsPortsToItself],
        [.noTelemetry, .telemetryOfAnother, .badTelemetrySignature, .newNodeID], [.floodsNothing, .noDuplicateFilter],
        [.oneIDPerIP, .floodsNothing], [.oneIDPerIP, .noDuplicateFilter],
        [.closesOnFrontierReq, .closesOnBootstrapKeepalive], [.servesBeforeHandshake, .closesOnSoftError],
    ]
    for bug in Misbehaviour.shown where !obstacles.contains(bug) {
        for fault in Misbehaviour.shown where fault != bug {
            guard !related.contains(where: { $0.isSuperset(of: [bug, fault]) }) else { continue }
            let had = try outcome(of: fault, bug: bug.name)
            #expect(had == fault.lawful, "\(bug.name) shows as \(fault.name)")
        }
    }
}
