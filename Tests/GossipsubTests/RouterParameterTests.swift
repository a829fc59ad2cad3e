import Crypto
import Libp2p
import Node
import Testing
import Wire

@testable import Gossipsub

@Suite struct RouterParameterTests {
    private func parameters(_ profile: String, _ values: [String: String] = [:]) throws -> RouterParameters {
        RouterParameters(try Definition.gossipsub.settings(profile: profile, values))
    }
    /// The degrees satisfy their constraints for any settings.
    @Test func constraints() throws {
        for profile in RouterParameters.profiles.map(\.name) {
            for d in ["profile", "0", "1", "3", "8"] {
                for low in ["profile", "0", "6"] {
                    for out in ["profile", "2"] {
                        let p = try parameters(profile, ["d": d, "d_low": low, "d_out": out])
                        #expect(p.lowDegree <= p.degree && p.degree <= p.highDegree, "\(profile) \(d) \(low)")
                        #expect(p.outboundDegree == 0 || p.outboundDegree < p.lowDegree)
                        #expect(2 * p.outboundDegree <= p.degree)
                    }
                }
            }
        }
    }
    @Test func profiles() throws {
        let lib2p2 = try parameters("lib2p2")
        #expect((lib2p2.degree, lib2p2.lowDegree, lib2p2.highDegree) == (3, 2, 4))
        #expect((lib2p2.lazyDegree, lib2p2.outboundDegree) == (6, 1) && lib2p2.heartbeat == .seconds(1))
        #expect(try lib2p2.missedLimit == 3 && parameters("lib2p2", ["missed": "0"]).missedLimit == 0)
        #expect(try parameters("spec").missedLimit == 0 && parameters("spec", ["missed": "10"]).missedLimit == 10)
        let ethereum = try parameters("ethereum")
        #expect(ethereum.signing == .strictNoSign && ethereum.heartbeat == .milliseconds(700))
        #expect(try parameters("js").messageID == .keyAndSequence)
        #expect(try parameters("js", ["signing": "strict-no-sign"]).messageID == .data)
        #expect(try parameters("go", ["backoff": "1s"]).leaveBackoff == .seconds(1))
        #expect(try parameters("spec", ["d": "0"]).highDegree == 0)
        #expect(try parameters("spec", ["score": "on"]).score?.isValid == true)
    }
    @Test func ids() {
        let message = PublishedMessage.by(1, 258)
        let peer = RouterScene.peer(1)
        func id(_ function: MessageIDFunction) -> [UInt8] { function.id(of: message) }
        #expect(id(.authorAndSequence) == message.defaultID && message.defaultID.count == 46)
        #expect(id(.authorAndSequenceAsText) == Array("\(peer)258".utf8))
        #expect(id(.keyAndSequence) == Array(peer.bytes.dropFirst(2)) + [0, 0, 0, 0, 0, 0, 1, 2])
        var keyed = message
        keyed.key = Bytes([8, 1, 18, 1, 7])
        #expect(MessageIDFunction.keyAndSequence.id(of: keyed) == [8, 1, 18, 1, 7, 0, 0, 0, 0, 0, 0, 1, 2])
        #expect(id(.data) == SHA256.hash(Array("data".utf8)))
        // The text "data" is not valid snappy: its length byte is 100.
        #expect(id(.ethereum) == Array(SHA256.hash([0, 0, 0, 0] + Array("data".utf8)).prefix(20)))
        var compressed = message
        compressed.data = Bytes([4, 3 << 2] + Array("data".utf8))
        #expect(
            MessageIDFunction.ethereum.id(of: compressed)
                == Array(SHA256.hash([1, 0, 0, 0] + Array("data".utf8)).prefix(20)))
    }
    @Test func snappy() {
        // A literal of three bytes, then copies with offsets of one byte, two and four.
        #expect(
            Snappy.decompressed([10, 2 << 2, 1, 2, 3, 3 << 2 | 1, 3], limit: 100) == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1])
        #expect(Snappy.decompressed([6, 2 << 2, 1, 2, 3, 2 << 2 | 2, 3, 0], limit: 100) == [1, 2, 3, 1, 2, 3])
        #expect(Snappy.decompressed([6, 2 << 2, 1, 2, 3, 2 << 2 | 3, 3, 0, 0, 0], limit: 100) == [1, 2, 3, 1, 2, 3])
        #expect(Snappy.decompressed([2, 60 << 2, 1, 7, 8], limit: 100) == [7, 8])
        // An offset of 0 or before the beginning, more or less data than announced, a length beyond the limit, no data.
        let wrong: [[UInt8]] = [
            [7, 8, 1, 2, 3, 1, 0], [7, 8, 1, 2, 3, 1, 4], [2, 8, 1, 2, 3], [4, 8, 1, 2, 3], [0xff, 0x7f, 8, 1, 2, 3],
            [],
            [0x80], [3, 8, 1], [4, 62 << 2, 1],
        ]
        for bytes in wrong { #expect(Snappy.decompressed(bytes, limit: 100) == nil, "\(bytes)") }
        let odd: [UInt8] = [12, 8, 1, 2, 3, 21, 3, 10, 2, 0]
        for count in 0..<odd.count { _ = Snappy.decompressed(Array(odd[..<count]), limit: 100) }
    }
    /// An RPC that is too long is split into parts. Each part respects the limit, and together they have the same
    /// content.
    @Test func parts() {
        var rpc = RPCContent.ihave(
            (0..<3000).map { [UInt8($0 >> 8), UInt8($0 & 255)] + [UInt8](repeating: 0, count: 40) })
        rpc.control?.graft = [Graft(RouterScene.topic)]
        rpc.publish = (0..<20).map { .by(1, UInt64($0), String(repeating: "x", count: 1000)) }
        rpc.testExtension = TestExtension()
        let parts = rpc.parts(10_000)
        #expect(parts.count > 10 && parts.allSatisfy { $0.byteCount() <= 10_000 })
        #expect(parts.flatMap(\.publish) == rpc.publish && parts.flatMap(\.offered) == rpc.offered)
        #expect(parts.filter(\.grafts).count == 1 && parts.filter { $0.testExtension != nil }.count == 1)
        var hello = RPCContent.extensions
        hello.subscriptions = (0..<1000).map { Subscription(Array("topic \($0)".utf8), true) }
        let greeting = hello.parts(2000)
        #expect(greeting.flatMap(\.subscriptions) == hello.subscriptions)
        #expect(greeting.map { $0.control?.extensions != nil }.prefix(2) == [true, false])
        #expect(greeting.filter { $0.control?.extensions != nil }.count == 1)
    }
    /// Ids may be of any length, so that a few of them may exceed the limit.
    @Test func partsOfLongIDs() {
        let rpc = RPCContent.ihave((0..<12).map { [UInt8($0)] + [UInt8](repeating: 0, count: 999) })
        let parts = rpc.parts(5000)
        #expect(parts.count > 2 && parts.allSatisfy { $0.byteCount() <= 5000 })
        #expect(parts.flatMap(\.offered) == rpc.offered)
    }
}
