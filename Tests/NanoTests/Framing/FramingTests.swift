import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// NANO-03: all types and all extensions, compared with a second copy of the table in the specification.
@Test func payloadLengths() {
    func specified(_ type: UInt8, _ e: Int, _ version: UInt8) -> Int? {
        let blocks = [2: 152, 3: 136, 4: 168, 5: 136, 6: 216]
        // A confirm_req could contain a block up to V25 (0x13), and a confirm_ack up to V23 (0x12).
        let hasBlocks = version < (type == 0x05 ? 0x13 : 0x14)
        let hashes = hasBlocks && e >> 8 & 15 != 1 ? 0 : e & 1 != 0 ? (e >> 12) * 16 + (e >> 4 & 15) : e >> 12
        let block = hasBlocks ? blocks[e >> 8 & 15] ?? 0 : 0
        switch type {
        case 0x02: return 144
        case 0x03: return blocks[e >> 8 & 15] ?? 0
        case 0x04: return hashes * 64 + block
        case 0x05: return 104 + hashes * 32 + block
        case 0x06: return e & 1 != 0 ? 72 : 64
        case 0x07, 0x0c: return 0
        case 0x08: return 40
        case 0x0a:
            let response = e & 8 != 0 ? 176 : e & 4 != 0 ? 160 : 96
            return (e & 1 != 0 ? 32 : 0) + (e & 2 != 0 ? response : 0)
        case 0x0b: return 49
        case 0x0d: return e & 0x3ff
        case 0x0e, 0x0f: return 9 + e
        case 0x10, 0x11: return e
        default: return nil
        }
    }
    var wrong: [String] = []
    for version in [0x12, 0x13, 0x14, 0x16] as [UInt8] {
        for type in 0...255 as ClosedRange<UInt8> {
            let message = MessageType(rawValue: type).message
            var header: [UInt8] = [0x52, 0x41, version, version, version, type, 0, 0]
            for e in stride(from: 0, through: 0xffff, by: specified(type, 0, version) == nil ? 0xffff : 1) {
                header[6] = UInt8(e & 255)
                header[7] = UInt8(e >> 8)
                let rawHeader = RawHeader(header.span.bytes, at: 0)
                guard rawHeader.flatMap({ message?.payloadCount($0) }) != specified(type, e, version) else { continue }
                wrong.append("type \(type), extensions \(e), version \(version)")
            }
        }
    }
    #expect(wrong.isEmpty, "\(wrong.count) headers, the first: \(wrong.prefix(5))")
}

/// NANO-02, NANO-04: all networks and all types pass through the framing.
@Test func networksAndTypes() throws {
    let known: Set<UInt8> = [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15]
    let padding = [UInt8](repeating: 0, count: 300)
    for second in 0...255 as ClosedRange<UInt8> {
        let header: [UInt8] = [0x52, second, 0x15, 0x15, 0x14, 0x0c, 0, 0]
        #expect((length(of: header, nil) == 8) == [0x41, 0x42, 0x43, 0x58].contains(second))
    }
    for type in 0...255 as ClosedRange<UInt8> {
        let header: [UInt8] = [0x52, 0x41, 0x15, 0x15, 0x14, type, 0, 0]
        for profile in Profile.allCases {
            let settings = try Definition.nano.settings(profile: profile.rawValue)
            let isKnown =
                known.contains(type) && (profile != .v23 || type < 0x0e)
                || profile == .v29dev && (type == 0x10 || type == 0x11)
            #expect((length(of: header + padding, settings) != nil) == isKnown, "\(type) \(profile)")
        }
    }
}

/// Early generations do not know the bits of later handshakes, so they assume other lengths.
@Test(arguments: [
    ("legacy", 0x0007, 136), ("legacy", 0x000b, 136), ("v28", 0x0007, 200), ("v28", 0x000b, 136),
    ("v28", 0x000f, 200), ("v29dev", 0x000b, 216), ("v29dev", 0x000f, 216), ("v28", 0x000d, 40),
])
func handshakeLength(profile: String, extensions: UInt16, count: Int) throws {
    let header: [UInt8] = [0x52, 0x41, 0x16, 0x16, 0x14, 0x0a, UInt8(extensions), 0]
    let settings = try Definition.nano.settings(profile: profile)
    #expect(length(of: header + [UInt8](repeating: 0, count: 300), settings) == count)
}

/// NANO-05: five messages remain the same five messages if they are cut once at any place, or into single bytes.
@Test func everySplitGivesTheSameMessages() {
    let wanted = [
        "hs_queryresp_v2_dev", "keepalive_dev_empty", "telemetry_req_dev", "confirm_ack_dev_1", "hs_resp_v3_dev",
    ]
    .compactMap { name in Vector.all.first { $0.name == name }?.bytes }
    #expect(wanted.count == 5)
    let stream = wanted.flatMap { $0 }
    func messages(cuts: [Int]) -> [[UInt8]] {
        var framing = Definition.nano.reading.framing(nil)
        var pending: [UInt8] = []
        var out: [[UInt8]] = []
        var start = 0
        for cut in cuts + [stream.count] {
            pending += stream[start..<cut]
            start = cut
            while case .message(_, let length) = framing.next(pending.span.bytes) {
                out.append(Array(pending[..<length]))
                pending.removeFirst(length)
            }
        }
        return out
    }
    for cut in 0...stream.count { #expect(messages(cuts: [cut]) == wanted) }
    #expect(messages(cuts: Array(0..<stream.count)) == wanted)
}

/// Only `version_using` counts, and only its lower bound.
@Test func versions() throws {
    let v28 = try Definition.nano.settings(profile: "v28")
    let legacy = try Definition.nano.settings(profile: "legacy")
    for using in 0...255 as ClosedRange<UInt8> {
        let header: [UInt8] = [0x52, 0x41, 0, using, 0xff, 0x0c, 0, 0]
        #expect((length(of: header, v28) != nil) == (using >= 0x14))
        #expect((length(of: header, legacy) != nil) == (using >= 0x12))
        #expect(length(of: header, nil) == 8)
    }
}

/// After bytes that are not a message, a decoder finds the next start, even if only a part of it is present.
@Test func resynchronises() throws {
    let framing = Definition.nano.reading.framing(nil)
    func next(_ bytes: [UInt8]) -> Int? { framing.resync(bytes.span.bytes) }
    let keepalive = try #require(Vector.all.first { $0.name == "keepalive_dev_empty" }).bytes
    #expect(next([0x52] + keepalive) == 1)
    #expect(next([UInt8](repeating: 0xee, count: 160) + keepalive) == 160)
    #expect(next([1, 2, 3]) == nil && next([]) == nil && next(keepalive) == nil)
    #expect(next([0, 0x52, 0x41, 0x15, 0x15]) == 1, "the beginning of a header")
    #expect(next([0, 0x52, 0x41, 0x15, 0x16]) == nil, "version_using above version_max")
    #expect(next([0, 0x52, 0x41, 0x15, 0x15, 0x14, 9]) == nil, "no type")
    #expect(next([0, 0x52, 0x43] + [0, 0x52, 0x42]) == 4)
    let live = Definition.nano.reading.framing(try Definition.nano.settings(["network": "live"]))
    #expect(live.resync(([0] + keepalive).span.bytes) == nil)
}

/// A refusal names the accepted values.
@Test func refusalsSayWhatWasWanted() throws {
    func refusal(_ header: [UInt8], _ rules: Ruleset?) -> String? {
        var framing = StreamFraming(rules)
        return if case .refused(let error) = framing.next(header.span.bytes) { error.description } else { nil }
    }
    let dev = Ruleset(try Definition.nano.settings(["network": "dev"]))
    let good: [UInt8] = [0x52, 0x41, 0x15, 0x15, 0x14, 0x0c, 0, 0]
    func with(_ at: Int, _ byte: UInt8) -> [UInt8] {
        var header = good
        header[at] = byte
        return header
    }
    #expect(refusal(good, dev) == nil && refusal(good, nil) == nil)
    #expect(
        refusal(with(0, 0x0c), nil)
            == "network at 0: wants live 0x5243, beta 0x5242, dev 0x5241 or test 0x5258, has 0x0c41")
    #expect(refusal(with(1, 0x43), dev) == "network at 0: wants dev 0x5241, has live 0x5243")
    #expect(refusal(with(3, 0x13), dev) == "version_using at 3: wants 0x14 or more, has 0x13")
    #expect(refusal(with(5, 9), dev)?.hasPrefix("type at 5: wants keepalive 0x02, publish 0x03, ") == true)
    #expect(refusal(with(5, 9), dev)?.hasSuffix(" or asc_pull_ack 0x0f, has 0x09") == true)
    // The description of the message gives the same text.
    #expect(Keepalive.check(good)?.description == "type at 5: wants keepalive 0x02, has telemetry_req 0x0c")
}
