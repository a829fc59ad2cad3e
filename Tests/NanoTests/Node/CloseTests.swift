import Testing
import Wire

@testable import Nano
@testable import Node

/// NANO-26 to NANO-31, NANO-43: each side refuses these responses.
@Test(arguments: [1, 2, 3], [false, true])
func badResponses(version: UInt8, dialed: Bool) throws {
    let peer = Peer()
    func outcome(_ make: (NodeIDHandshake) -> [UInt8]) throws -> ([String], Int) {
        var table = Table()
        try table.add("node", profile: "v29dev")
        let link = table.attach("node", dialed: dialed)
        if !dialed { table.say(peer.query(version), on: link) }
        let before = table.heard(on: link).count
        table.say(make(try #require(table.handshakes(on: link).first)), on: link)
        #expect(!table.isOpen(link))
        #expect(table.reports("node", "handshake_failed").count == 1)
        return (table.reasons, table.heard(on: link).count - before)
    }
    func check(_ reason: CloseReason, _ make: (NodeIDHandshake) -> [UInt8]) throws {
        let (reasons, sent) = try outcome(make)
        #expect(reasons == [reason.rawValue])
        #expect(sent == 0, "nothing is sent to who failed")
    }
    try check(.invalidSignature) { asked in
        peer.response(to: asked.query ?? Key32(), version, query: dialed) {
            $0.signature.bytes[3] ^= 1
        } spoil: {
            $0.signature.bytes[3] ^= 1
        }
    }
    try check(.invalidSignature) { _ in peer.response(to: Key32(repeating: 1), version, query: dialed) }
    if version > 1 {
        try check(.invalidSignature) { asked in
            peer.response(to: asked.query ?? Key32(), version, query: dialed) { _ in
            } spoil: {
                $0.salt.bytes[0] ^= 1
            }
        }
        try check(.wrongGenesis) { asked in
            peer.response(to: asked.query ?? Key32(), version, query: dialed) { $0.genesis = Key32(repeating: 5) }
        }
    }
}

/// NANO-30: the node refuses its own id, although the signature is its own and valid.
@Test func ownNodeID() throws {
    var (table, link) = try Table.asked()
    let mine = try #require(table.handshakes(on: link).first)
    var mirror = Peer()
    mirror.cookie = try #require(mine.query)
    let second = table.attach("node")
    table.say(mirror.query(), on: second)
    var reply = mirror.message()
    reply.response = table.handshakes(on: second).first?.response
    #expect(reply.response?.isSigned(over: mirror.cookie) == true)
    table.say(reply.encoded(), on: link)
    #expect(!table.isOpen(link) && table.reasons == [CloseReason.ownNodeID.rawValue])
}

/// Bytes that end an inbound connection before the end of the handshake, and the reason in each profile. Nil means that
/// it remains open.
struct Early: Sendable {
    var name: String
    var bytes: [UInt8]
    var reason: [String: CloseReason?]
    init(_ name: String, _ bytes: [UInt8], _ v28: CloseReason?, legacy: CloseReason?, v29dev: CloseReason?) {
        self.name = name
        self.bytes = bytes
        reason = ["v28": v28, "legacy": legacy, "v29dev": v29dev]
    }
    /// Returns the reason. V23 closes for undecodable bytes and for later types. Otherwise the early generations agree.
    func reason(_ profile: Profile) -> CloseReason? {
        guard profile.isEarly else { return reason[profile.rawValue] ?? nil }
        guard profile == .v23, reason["legacy"] == .some(nil) else { return reason["legacy"] ?? nil }
        if bytes[5] == 0x0e || bytes[5] == 0x0f { return .invalidType }
        return reason["v29dev"] == .some(.badContent) ? .badContent : nil
    }
    static func header(_ type: UInt8, _ extensions: UInt16 = 0, network: UInt8 = 0x41, using: UInt8 = 0x15) -> [UInt8] {
        [
            0x52, network, using, using, 0x14, type, UInt8(truncatingIfNeeded: extensions),
            UInt8(truncatingIfNeeded: extensions >> 8),
        ]
    }
    static let zeros = [UInt8](repeating: 0, count: 300)
    static let all = [
        Self(
            "NANO-32, neither query nor response", header(0x0a), .emptyHandshake, legacy: nil,
            v29dev: .emptyHandshake),
        Self(
            "NANO-25, second query", Peer().query() + Peer().query(), .secondQuery, legacy: .secondQuery,
            v29dev: .secondQuery),
        Self(
            "NANO-31, response first", Peer().response(to: Key32(), 1), .missingCookie, legacy: .missingCookie,
            v29dev: .missingCookie),
        Self(
            "NANO-06, another network", header(0x0c, network: 0x42), .wrongNetwork, legacy: .wrongNetwork,
            v29dev: .wrongNetwork),
        Self(
            "NANO-07, version 0x13", header(0x0c, using: 0x13), .outdatedVersion, legacy: nil, v29dev: .outdatedVersion),
        Self(
            "version 0x11", header(0x0c, using: 0x11), .outdatedVersion, legacy: .outdatedVersion,
            v29dev: .outdatedVersion),
        Self("NANO-10, type 9", header(9), .invalidType, legacy: .invalidType, v29dev: .invalidType),
        Self("NANO-11, type 0x10", header(0x10), .invalidType, legacy: .invalidType, v29dev: .badContent),
        Self("type 0x12", header(0x12), .invalidType, legacy: .invalidType, v29dev: .invalidType),
        Self(
            "NANO-37, keepalive", header(2) + zeros[..<144], .beforeHandshake, legacy: nil, v29dev: .beforeHandshake),
        Self("telemetry_req", header(0x0c), .beforeHandshake, legacy: nil, v29dev: .beforeHandshake),
        Self("NANO-90, asc_pull_req", Peer().probe(), .beforeHandshake, legacy: nil, v29dev: .beforeHandshake),
        Self("NANO-38, confirm_req without pairs", header(4, 0x0100), nil, legacy: nil, v29dev: .badContent),
        Self("confirm_req of zeros", header(4, 0x1100) + zeros[..<64], nil, legacy: nil, v29dev: .badContent),
        Self("publish of no block", header(3, 0x0100), nil, legacy: nil, v29dev: .badContent),
        Self("telemetry_ack of 1 byte", header(0x0d, 1) + [0], nil, legacy: nil, v29dev: .badContent),
        Self("asc_pull_req of type 0", header(0x0e) + zeros[..<9], nil, legacy: nil, v29dev: .badContent),
        Self(
            "asc_pull_req of type 4", header(0x0e, 32) + [4] + zeros[..<40], nil, legacy: nil, v29dev: .beforeHandshake),
        Self(
            "asc_pull_req of blocks, one byte short", header(0x0e, 33) + [1] + zeros[..<41], nil, legacy: nil,
            v29dev: .badContent),
        Self(
            "asc_pull_req of frontiers, one byte short", header(0x0e, 33) + [3] + zeros[..<41], nil, legacy: nil,
            v29dev: .badContent),
        Self(
            "asc_pull_req of blocks", header(0x0e, 34) + [1] + zeros[..<42], .beforeHandshake, legacy: nil,
            v29dev: .beforeHandshake),
        Self(
            "NANO-94, bulk_pull with a reserved byte", header(6, 1) + zeros[..<64] + [1] + zeros[..<7], nil,
            legacy: nil, v29dev: .badContent),
        Self(
            "bulk_pull with a count", header(6, 1) + zeros[..<64] + [0, 5] + zeros[..<6], nil, legacy: nil,
            v29dev: .beforeHandshake),
        Self("NANO-95, bulk_pull", header(6) + zeros[..<64], nil, legacy: nil, v29dev: .beforeHandshake),
        Self("bulk_push", header(7), nil, legacy: nil, v29dev: .beforeHandshake),
        Self("frontier_req", header(8) + zeros[..<40], nil, legacy: nil, v29dev: .beforeHandshake),
        Self("bulk_pull_account", header(0x0b) + zeros[..<49], nil, legacy: nil, v29dev: .beforeHandshake),
    ]
}
@Test(arguments: Early.all, Profile.allCases)
func beforeTheHandshake(early: Early, profile: Profile) throws {
    for chop in [0, 1] {
        var table = Table()
        table.chop = chop
        try table.add("node", profile: profile.rawValue)
        let link = table.attach("node")
        table.say(early.bytes, on: link)
        let wanted = early.reason(profile)
        #expect(table.isOpen(link) == (wanted == nil), "\(early.name)")
        #expect(table.reasons == [wanted?.rawValue].compactMap { $0 }, "\(early.name)")
    }
}

/// NANO-32: early nodes ignore a message without a query and a response. For V23 and V24, the next query is a second
/// query.
@Test(arguments: [("legacy", true), ("v23", false), ("v24", false)])
func queryBehindAnEmptyHandshake(profile: String, isAnswered: Bool) throws {
    var table = Table()
    try table.add("node", profile: profile)
    let link = table.attach("node")
    table.say(Early.header(0x0a, using: 0x12) + Peer().query(1), on: link)
    #expect(table.isOpen(link) == isAnswered && table.handshakes(on: link).count == (isAnswered ? 1 : 0))
    #expect(table.reasons == (isAnswered ? [] : [CloseReason.secondQuery.rawValue]))
}

/// NANO-38: after a soft error, the handshake still works. NANO-98: in bootstrap mode the node ignores all messages,
/// but the connection remains open.
@Test func afterWhatWasPassedOver() throws {
    var table = Table()
    try table.add("node")
    let soft = table.attach("node")
    table.say(Early.header(4, 0x0100) + Peer().query(), on: soft)
    #expect(table.handshakes(on: soft).count == 1)
    let bootstrap = table.attach("node")
    table.say(Early.header(7) + Peer().query() + Peer().keepalive() + Peer().probe(), on: bootstrap)
    #expect(table.heard(on: bootstrap).isEmpty && table.isOpen(bootstrap))
}

/// After the handshake: ignored messages (NANO-34, NANO-97, NANO-14, NANO-75), and messages that still end the
/// connection.
@Test func inRealtime() throws {
    let peer = Peer()
    let ignored = [
        peer.query(), peer.response(to: Key32()), peer.keepalive(extensions: 0xffff),
        Early.header(6) + Early.zeros[..<64],
        Early.header(7), Early.header(8) + Early.zeros[..<40], Early.header(0x0b) + Early.zeros[..<49],
        peer.empty(.telemetryReq),
        Early.header(4, 0x0100), Early.header(3, 0x0700), Early.header(0x0d, 0x0401) + [0],
        Early.header(0x0c, using: 0xff), Early.header(0x0a),
    ]
    for bytes in ignored {
        var (table, link) = try Table.joined()
        #expect(table.isAlive(link))
        table.say(bytes, on: link)
        #expect(table.isAlive(link), "\(bytes.prefix(8).map { $0 })")
    }
    for (bytes, reason) in [
        (Early.header(0x0c, network: 0x43), CloseReason.wrongNetwork), (Early.header(0), .invalidType),
        (Early.header(2, using: 2), .outdatedVersion),
    ] {
        var (table, link) = try Table.joined()
        table.say(bytes, on: link)
        #expect(!table.isOpen(link) && table.reasons == [reason.rawValue])
    }
    var (table, link) = try Table.joined(profile: "v29dev", version: 3)
    #expect(table.isAlive(link))
    table.say(Early.header(4, 0x0100), on: link)
    #expect(table.reasons == [CloseReason.badContent.rawValue])
}

/// NANO-35, NANO-36: a node id may connect once from each address, and again after it left.
@Test func duplicateNodeIDs() throws {
    let peer = Peer()
    func from(_ host: UInt32, _ port: UInt16) -> Endpoint { Endpoint(v4: host, port: port) }
    func from6(_ high: UInt64, _ port: UInt16) -> Endpoint { Endpoint(high: high, low: UInt64(port), port: port) }
    var table = Table()
    try table.add("node")
    let first = table.join(peer, from: from(1, 1))
    let second = table.join(peer, from: from(1, 2))
    #expect(table.isOpen(first) && !table.isOpen(second))
    #expect(table.reasons == [CloseReason.duplicateNodeID.rawValue])
    #expect(table.isAlive(first))
    let elsewhere = table.join(peer, from: from(2, 1))
    #expect(table.isOpen(elsewhere))
    let stranger = table.join(.stranger, from: from(1, 3))
    #expect(table.isOpen(stranger) && table.isOpen(first))
    let a = table.join(peer, from: from6(0x2001_0db8_0001_0000, 1))
    let b = table.join(peer, from: from6(0x2001_0db8_0001_ffff, 2))
    let c = table.join(peer, from: from6(0x2001_0db8_0002_0000, 3))
    #expect(table.isOpen(a) && !table.isOpen(b) && table.isOpen(c))
    table.say(Early.header(0), on: first)
    #expect(!table.isOpen(first))
    let again = table.join(peer, from: from(1, 4))
    #expect(table.isOpen(again))
}

/// NANO-52: connections beyond the limit are closed without any byte.
@Test func tooManyConnections() throws {
    var table = Table()
    try table.add("node", network: "live")
    var peer = Peer()
    peer.rules.network = .live
    let links = (0..<5).map { _ in table.attach("node") }
    #expect(links.map(table.isOpen) == [true, true, true, true, false])
    table.say(Early.header(0), on: links[0])
    let next = table.attach("node")
    table.say(peer.query(), on: next)
    #expect(table.handshakes(on: next).count == 1)
}
