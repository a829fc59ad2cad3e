import Testing
import Wire

@testable import Node
@testable import RightMesh

/// The observer blames the right node for relayed messages.
@Suite struct RelayWatchTests {
    typealias Ear = CaptureObserverTests.Ear

    /// Returns a FIND of b1, from end 1 to 2, and as 2 relays it to 3.
    func find(limit: UInt8? = nil, _ change: (inout [UInt8]) -> Void = { _ in }) -> [UInt8] {
        var d = Maker.message(.find, src: 0xb1, dst: 0xc3, msgID: 7, peers: 2)
        if let limit { d[6] = limit }
        change(&d)
        return d
    }
    /// Returns an observer that knows the ids of both ends.
    func ear() -> Ear {
        var ear = Ear()
        _ = ear.hear(Maker.message(src: 0xb1, peers: 0), from: 1, to: 2)
        _ = ear.hear(Maker.message(src: 0xc2, peers: 0), from: 2, to: 1)
        return ear
    }
    func notes(_ told: [ObservedMessage]) -> [String] { CaptureObserverTests.notes(told) }

    /// RM-44: each relay decrements the hop_limit of a message.
    @Test func keepsHopLimit() {
        var ear = ear()
        #expect(notes(ear.hear(find(), from: 1, to: 2)) == [])
        #expect(notes(ear.hear(find(limit: 15), from: 2, to: 3)) == [])
        #expect(notes(ear.hear(find(), from: 2, to: 4)).map { String($0.prefix(15)) } == ["violation RM-44"])
        var low = self.ear()
        _ = low.hear(find(limit: 5), from: 1, to: 2)
        let told = notes(low.hear(find(limit: 5), from: 2, to: 3))
        #expect(told.map { String($0.prefix(13)) } == ["warning RM-44"], "it may have come with more by another way")
        #expect(notes(low.hear(find(limit: 4), from: 2, to: 4)) == [])
        // If the message arrived on several ways, the largest remaining limit counts.
        _ = low.hear(find(limit: 9), from: 5, to: 2)
        _ = low.hear(find(limit: 3), from: 6, to: 2)
        #expect(notes(low.hear(find(limit: 8), from: 2, to: 7)) == [])
        #expect(notes(low.hear(find(limit: 9), from: 2, to: 8)).count == 1)
        // An unknown node may be the author.
        var stranger = Ear()
        #expect(notes(stranger.hear(find(), from: 2, to: 3)) == [])
        // Another node at a known end may also be the author, unless the message arrived at that end.
        var shared = self.ear()
        #expect(notes(shared.hear(find(), from: 2, to: 3)) == [])
    }
    /// The author is to blame for an error in the message, regardless of the sender.
    @Test func blamesTheAuthor() {
        let bad = find { d in
            // The records have no end, and the checksum does not match.
            d[d.count - 1] ^= 1
        }
        func relayed(_ bytes: [UInt8]) -> [UInt8] {
            var d = bytes
            d[6] = 15
            return d
        }
        var ear = ear()
        #expect(notes(ear.hear(bad, from: 1, to: 2)).contains { $0.hasPrefix("violation RM-12") })
        let told = notes(ear.hear(relayed(bad), from: 2, to: 3))
        #expect(told.contains { $0.hasPrefix("info RM-12") } && !told.contains { $0.hasPrefix("violation") })
        var stranger = Ear()
        let maybe = notes(stranger.hear(relayed(bad), from: 2, to: 3))
        #expect(maybe.contains { $0.hasPrefix("warning RM-12") && $0.hasSuffix("passes on what another wrote") })
        // An unknown end is the author of a message that begins there, unless the message arrived there.
        var first = Ear()
        #expect(notes(first.hear(bad, from: 1, to: 2)).contains { $0.hasPrefix("violation RM-12") })
        #expect(!notes(first.hear(bad, from: 2, to: 3)).contains { $0.hasPrefix("violation") })
        // A known node is not the author, but may share its end with the author.
        var shared = self.ear()
        #expect(notes(shared.hear(relayed(bad), from: 2, to: 3)).contains { $0.hasPrefix("warning RM-12") })
    }
    /// RM-48 in fragments, as a relay sends them.
    @Test func fragmentsOfARelay() throws {
        let whole = Maker.message(.find, src: 0xb1, dst: 0xc3, msgID: 9, peers: 20)
        var (ear, severities) = (ear(), [UInt16: [String]]())
        for (from, to, limit) in [(1, 2, 16), (2, 3, 15)] as [(UInt16, UInt16, UInt8)] {
            for (i, range) in [72..<190, 190..<300, 300..<whole.count].enumerated() {
                var d = Array(whole[..<72] + whole[range])
                (d[6], d[57], d[59]) = (limit, UInt8(i), 3)
                (d[68], d[69]) = (UInt8(range.count >> 8), UInt8(range.count & 255))
                severities[from, default: []] += notes(ear.hear(d, from: from, to: to)).filter { $0.contains("RM-48") }
                    .map { String($0.prefix(4)) }
            }
        }
        #expect(severities == [1: ["viol", "viol"], 2: ["info", "info"]])
    }
    /// Huge times end no message and prove nothing.
    @Test func hugeTimes() {
        var ear = Ear()
        _ = ear.hear(Maker.datagrams(src: 0xd4, dst: 0xa2, peers: 30)[0], from: 4, to: 2)
        let last = Int64.max / 1_000_000
        for (i, ms) in [0, last, last, 1].enumerated() {
            for (from, to) in [(1, 2), (2, 1)] as [(UInt16, UInt16)] {
                let told = ear.hear(
                    Maker.message(src: UInt8(0xa0 + from), dst: UInt8(0xa0 + to), msgID: UInt32(i + 1), peers: 3),
                    from: from, to: to, at: ms)
                // A fragment from 292 years ago is given up. No violation is then certain.
                let isLate = i == 1 && from == 1
                #expect(told.map(\.kind) == (isLate ? [.incomplete, .datagram] : [.datagram]), "\(i) \(from)")
                #expect(!notes(told).contains { $0.hasPrefix("violation") }, "\(notes(told))")
            }
        }
        #expect(ear.end().isEmpty)
    }
    /// The fields of a rejoined message that no datagram has are not among its parts.
    @Test func partsOfTheHeader() throws {
        var ear = Ear()
        let told = Maker.datagrams(peers: 30, maxDatagram: 256).flatMap { ear.hear($0) }
        let parts = try #require(told.last { $0.kind == .rejoined }?.parts)
        #expect(parts.prefix(3).map(\.range) == [0..<56, 58..<68, 70..<72])
        #expect(parts.prefix(3).allSatisfy { $0.offset == $0.range.lowerBound })
    }
}
