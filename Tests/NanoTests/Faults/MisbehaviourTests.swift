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
    #expect(Misbehaviour.acceptsOwnIDV1.name == "accepts-own-id-v1")
    #expect(Set(bugs.map(\.name)).count == bugs.count)
    for bug in bugs {
        #expect(bug.requirement.hasPrefix("NANO-") && !bug.summary.isEmpty)
    }
}

extension Misbehaviour {
    /// The faults that `outcome` checks. The suite of scenarios also checks all later ones.
    static let shown = Array(allCases.prefix { $0 != .networkByFirstByte })

    /// The behaviour of a good node in `outcome`.
    var lawful: String {
        switch self {
        case .deletedTypeIgnored, .unknownTypeIgnored, .acceptsSecondQuery, .acceptsAnySignature, .acceptsWrongCookie,
            .acceptsWrongGenesis, .acceptsAlteredSalt, .noCookieExpiry, .acceptsRealtimeBeforeHandshake,
            .acceptsGenesisAsInitiator:
            "closed"
        case .newVersionRefused, .checksVersionMax, .resetsOnTrickle:
            "alive"
        case .noAnswer, .undeclaredResponse: "0x7, 200 bytes"
        case .v1QueryIgnored: "0x3, 136 bytes"
        case .signatureOverWrongBytes, .badSignature: "signed"
        case .wrongGenesis: "genesis of the network"
        case .sameSalt, .sameCookie: "different"
        case .noKeepalive: "port 7001"
        case .closesOnSoftError, .idleTimeoutEarly: "open"
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
    func silent(_ duration: Duration) throws -> String {
        var table = Table()
        try table.add("node", bug: bug)
        let link = table.attach("node")
        table.pass(duration)
        return table.isOpen(link) ? "open" : "closed"
    }

    switch fault {
    case .newVersionRefused: return try afterJoining(Early.header(0x0c, using: 0xff))
    case .checksVersionMax: return try afterJoining([0x52, 0x41, 0xff, 0x15, 0x00, 0x0c, 0, 0])
    case .deletedTypeIgnored: return try afterJoining(Early.header(0x09))
    case .unknownTypeIgnored: return try afterJoining(Early.header(0x10))
    case .resetsOnTrickle: return try afterJoining(peer.keepalive(), chop: 1)
    case .noAnswer, .undeclaredResponse: return try answer(2)
    case .v1QueryIgnored: return try answer(1)
    case .signatureOverWrongBytes, .badSignature:
        return try first(2).response?.isSigned(over: peer.cookie) == true ? "signed" : "not signed"
    case .wrongGenesis:
        let response = try #require(try first(2).response)
        if bug == fault.name { #expect(response.isSigned(over: peer.cookie)) }
        return response.genesis == NanoNetwork.dev.genesis ? "genesis of the network" : "another genesis"
    case .sameSalt, .sameCookie:
        var table = Table()
        try table.add("node", bug: bug)
        let links = [table.attach("node"), table.attach("node")]
        for link in links { table.say(peer.query(), on: link) }
        let both = links.compactMap { table.handshakes(on: $0).first }
        try #require(both.count == 2)
        let areEqual =
            switch fault {
            case .sameSalt: both[0].response?.salt == both[1].response?.salt
            default: both[0].query == both[1].query
            }
        return areEqual ? "same" : "different"
    case .noKeepalive:
        let (table, link) = try Table.joined(bug: bug)
        return table.keepalives(on: link).first.map { "port \($0.peers[0].port)" } ?? "nothing"
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
    case .acceptsRealtimeBeforeHandshake: return try speakingFirst(peer.keepalive())
    case .closesOnSoftError: return try speakingFirst(Early.header(4, 0x0100))
    case .noCookieExpiry: return try responding({ peer.response(to: $0) }, after: .seconds(7))
    case .idleTimeoutEarly: return try silent(.seconds(12))
    case .acceptsGenesisAsInitiator:
        var (table, link, cookie) = try dialed()
        table.say(peer.response(to: cookie, query: true) { $0.genesis = Key32(repeating: 1) }, on: link)
        return fate(table, link)
    default: return try serving(fault, bug)
    }
}

/// A fault has no effect at the places of other faults. The exceptions are related faults, and faults that prevent a
/// handshake.
@Test func faultsAreApart() throws {
    let obstacles: Set<Misbehaviour> = [
        .noAnswer, .undeclaredResponse, .v1QueryIgnored,
    ]
    let related: [Set<Misbehaviour>] = [
        [.acceptsAnySignature, .acceptsWrongCookie, .acceptsAlteredSalt], [.signatureOverWrongBytes, .badSignature],
    ]
    for bug in Misbehaviour.shown where !obstacles.contains(bug) {
        for fault in Misbehaviour.shown where fault != bug {
            guard !related.contains(where: { $0.isSuperset(of: [bug, fault]) }) else { continue }
            let had = try outcome(of: fault, bug: bug.name)
            #expect(had == fault.lawful, "\(bug.name) shows as \(fault.name)")
        }
    }
}
