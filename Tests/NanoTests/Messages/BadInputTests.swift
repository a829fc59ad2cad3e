import TestMessages
import Testing
import VectorFiles
import Wire

@testable import Nano
@testable import Node

/// Messages of each type, from samples and from vectors.
private let corpus: [(any Message.Type, [UInt8])] = Definition.nano.messages.flatMap { type in
    let file = String(type.name.description.dropFirst(5))
    return Vector.all.filter { $0.file == file && $0.isAccepted && $0.bytes.count < 600 }.map { (type, $0.bytes) }
}

/// NANO-99: a flipped bit of a header gives another message, an incomplete message, or an error with its place, and
/// never a trap. An accepted message encodes to the same bytes.
@Test func everyHeaderBit() throws {
    for profile in Profile.allCases {
        let settings = try Definition.nano.settings(profile: profile.rawValue)
        for (_, bytes) in corpus where bytes.count >= 8 {
            for bit in 0..<64 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                for settings in [nil, settings] {
                    var framing = Definition.nano.reading.framing(settings)
                    switch framing.next(flipped.span.bytes) {
                    case .message(let type, let length):
                        #expect(length <= flipped.count)
                        let front = Array(flipped[..<length])
                        if let error = type.check(front) {
                            #expect(!error.path.isEmpty || error.reason == .trailing, "\(error)")
                            #expect(error.offset <= length && error.reason != .unexplained)
                        } else {
                            #expect(type.reencode(front) == front)
                        }
                    case .needMore(let count): #expect(count > 0 && count <= 65_552)
                    case .refused(let error): #expect(error.offset < 8 && !error.path.isEmpty)
                    }
                }
            }
        }
    }
}

/// Each message that is cut at any byte is refused as truncated, with the place where the bytes end.
@Test func everyTruncation() throws {
    for (type, bytes) in corpus {
        for count in 0..<bytes.count {
            let found = type.check(Array(bytes[..<count]))
            let error = try #require(found)
            #expect(error.reason == .truncated && error.offset <= count, "\(type.name) \(count): \(error)")
            #expect(!error.path.isEmpty)
        }
    }
}

/// Counts that do not match the data, and sizes that do not match the fields.
@Test func countsThatDoNotFit() {
    func refusal(_ type: any Message.Type, _ bytes: [UInt8]) -> String {
        type.check(bytes).map { "\($0.reason.rawValue) \($0.path)" } ?? "taken"
    }
    func with(_ extensions: UInt16, _ name: String) -> [UInt8] {
        var bytes = Vector.bytes(of: name)
        bytes[6] = UInt8(extensions & 255)
        bytes[7] = UInt8(extensions >> 8)
        return bytes
    }
    #expect(refusal(ConfirmReq.self, with(0xf1f1, "confirm_req_dev_1")) == "truncated pairs")
    #expect(refusal(ConfirmAck.self, with(0xf1f1, "confirm_ack_dev_1")) == "truncated hashes")
    #expect(refusal(ConfirmAck.self, with(0x0100, "confirm_ack_dev_1")) == "trailing ")
    #expect(refusal(Publish.self, with(0x0200, "publish_dev_state")) == "trailing ")
    #expect(refusal(Publish.self, with(0x0600, "publish_dev_send")) == "truncated state.signature")
    #expect(refusal(BulkPull.self, with(1, "bulk_pull_live")) == "truncated limit.reserved")
    #expect(refusal(AscPullReq.self, with(0xffff, "asc_pull_req_blocks")) == "truncated unknown")
    #expect(refusal(AscPullReq.self, with(0, "asc_pull_req_blocks")) == "illegal unknown")
    #expect(refusal(AscPullAck.self, with(0xffff, "asc_pull_ack_frontiers")) == "truncated unknown")
    #expect(refusal(TelemetryAck.self, with(0x3ff, "telemetry_ack_dev_v2")) == "truncated data")
    var relay = Vector.bytes(of: "vote_relay_req_1")
    relay[17] = 255
    #expect(refusal(VoteRelayReq.self, relay) == "truncated pairs")
    relay = Vector.bytes(of: "vote_relay_ack_2")
    relay[17] = 255
    #expect(refusal(VoteRelayAck.self, relay) == "truncated votes[0].hashes")
}

/// Requests for 255 blocks, complete and truncated, in each profile. No message is lost, and no connection closes.
@Test(arguments: Profile.allCases)
func largestRequest(profile: Profile) throws {
    var request = ConfirmReq()
    request.header = Ruleset(network: .dev, profile: profile).header(.confirmReq)
    request.pairs = (0..<255).map { i in
        var pair = HashRoot()
        pair.hash = Key32(repeating: UInt8(i))
        pair.root = Key32(repeating: 0xee)
        return pair
    }
    let bytes = request.encoded()
    #expect(bytes.count == 8 + 16_320)
    var (table, link) = try Table.joined(profile: profile.rawValue)
    table.chop = 1000
    table.say(bytes + bytes, on: link)
    #expect(table.reasons == [] && table.reports("node", "dropped").isEmpty)
    if profile.hasAscendingBootstrap { #expect(table.isAlive(link)) }
}

/// A telemetry_ack of each size that its header can state.
@Test func telemetrySizes() throws {
    let whole = Vector.bytes(of: "telemetry_ack_dev_1023_bytes_signed")
    for size in 0...1023 {
        var bytes = Array(whole[..<(8 + size)])
        bytes[6] = UInt8(size & 255)
        bytes[7] = UInt8(size >> 8)
        guard size == 0 || size >= 202 else {
            #expect(TelemetryAck.check(bytes)?.reason == .truncated, "\(size)")
            continue
        }
        let ack = try TelemetryAck(copying: bytes)
        #expect((ack.data == nil) == (size == 0))
        #expect((ack.data?.v2 == nil) == (size < 216), "\(size)")
        #expect(ack.data.map { $0.unknown.count } ?? 0 == (size == 0 ? 0 : size < 216 ? size - 202 : size - 216))
        #expect(ack.encoded() == bytes)
    }
}
