import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// Invalid bytes cause no trap and no growth. Cut in other ways, they cause the same actions.
@Test(arguments: Profile.allCases)
func garbageNeverTraps(profile: Profile) throws {
    var random = Random(seed: 0x5eed, "garbage", profile.rawValue)
    let corpus = Vector.all.map(\.bytes)
    for round in 0..<2500 {
        var bytes = random.bytes(Int(random.next() % 64))
        for _ in 0..<random.next() % 5 { bytes += mutated(corpus[Int(random.next() % UInt64(corpus.count))], &random) }
        let rules = Ruleset(network: .dev, profile: profile)
        var (table, link) =
            try round % 2 == 0 ? Table.asked(profile: profile.rawValue) : Table.joined(profile: profile.rawValue)
        table.say(rules.dressed(bytes), on: link)
        table.pass(.seconds(1))
    }
}

/// Handshakes with an error: each message of either side has a random change. Together with the garbage above, there
/// are more than 20,000 inputs.
@Test func mutantHandshakes() throws {
    var random = Random(seed: 0x5eed, "mutants")
    let peer = Peer()
    for round in 0..<13_000 {
        var table = Table()
        let profile = Profile.allCases[round % Profile.allCases.count]
        try table.add("node", profile: profile.rawValue)
        let link = table.attach("node", dialed: round % 5 == 0)
        let version = UInt8(1 + round % 3)
        if round % 5 != 0 { table.say(peer.query(version), on: link) }
        let cookie = table.handshakes(on: link).last?.query ?? Key32()
        let response = peer.response(to: cookie, version, query: round % 7 == 0)
        table.say(mutated(response, &random) + mutated(peer.probe(), &random), on: link)
        if !table.isOpen(link) { #expect(table.reasons.count == 1) }
    }
}

/// Segments do not matter: complete, byte by byte, or in odd pieces, the same actions occur in the same order.
@Test func anySegmentationGivesTheSameActions() throws {
    var random = Random(seed: 0x5eed, "pieces")
    let peer = Peer()
    let corpus = Vector.all.map(\.bytes)
    for round in 0..<120 {
        var stream = peer.keepalive(port: 9) + peer.probe(1) + peer.keepalive() + peer.probe(2)
        if round % 3 == 1 { stream += mutated(peer.probe(3), &random) + peer.probe(4) }
        if round % 3 == 2 { stream += corpus[round % corpus.count] + peer.probe(5) }
        var seen: [[Action]] = []
        for chop in [0, 1, 3, 17, 160] {
            var (table, link) = try Table.joined()
            table.chop = chop
            table.say(stream, on: link)
            seen.append(table.done["node"] ?? [])
        }
        #expect(seen.allSatisfy { $0 == seen[0] }, "round \(round)")
    }
}

/// NANO-15: the node waits for a message with a header of 65,544 bytes, and allocates nothing for it. Meanwhile it
/// serves other peers.
@Test func hugeAnnouncement() throws {
    var table = Table()
    try table.add("node")
    let link = table.attach("node")
    table.say(Early.header(0x0e, 0xffff), on: link)
    let other = table.attach("node")
    table.say(Peer().query(), on: other)
    #expect(table.handshakes(on: other).count == 1 && table.isOpen(link))
    // When all bytes have arrived, the last of them one by one, the message is processed as usual.
    table.say([2] + [UInt8](repeating: 0, count: 65_500), on: link)
    table.chop = 1
    table.say([UInt8](repeating: 0, count: 43), on: link)
    #expect(table.reasons == [CloseReason.beforeHandshake.rawValue])
}

/// Returns the bytes with a few changed bits, bytes or parts.
private func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var out = bytes
    for _ in 0..<random.next() % 4 {
        guard !out.isEmpty else { return out }
        let at = Int(random.next() % UInt64(out.count))
        switch random.next() % 5 {
        case 0: out[at] ^= 1 << UInt8(random.next() % 8)
        case 1: out[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: out.remove(at: at)
        case 3: out.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        default: out = Array(out[..<at])
        }
    }
    return out
}

extension Ruleset {
    /// Returns the bytes with a valid first header, so that the bytes after it are reached.
    func dressed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 5 else { return bytes }
        let own = header(.keepalive)
        return [
            0x52, UInt8(truncatingIfNeeded: own.network.rawValue), own.versionMax, own.versionUsing, own.versionMin,
        ]
            + bytes[5...]
    }
}
