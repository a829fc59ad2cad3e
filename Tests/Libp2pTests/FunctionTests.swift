import Node
import Testing
import Wire

@testable import Libp2p

/// Tests of the functions with which a scenario controls Noise itself.
struct FunctionTests {
    private func call(_ name: String, _ arguments: Value...) throws -> Value {
        let function = try #require(libp2pFunctions.first { $0.name == "libp2p.\(name)" })
        return try function.apply(arguments)
    }
    private let keys = (1...5).map { Value.bytes([UInt8](repeating: UInt8($0), count: 32)) }
    private var pair: Value { .map([.init("public", .bytes([])), .init("seed", keys[4])]) }

    /// The functions complete a handshake of both sides, with a frame in each direction.
    @Test func handshake() throws {
        let hello = try call("noise_hello", keys[0])
        let ours = try call("noise_payload", pair, keys[1])
        let theirs = try call("noise_payload", pair, keys[3])
        let answer = try call("noise_answer", keys[3], keys[2], hello, theirs)
        let last = try call("noise_final", keys[1], keys[0], answer, ours)
        #expect(last["payload"] == theirs)
        #expect(try last["static"] == call("x25519", keys[3]))
        let end = try call("noise_end", keys[3], keys[2], hello, theirs, #require(last["frame"]))
        #expect(end["payload"] == ours)
        #expect(try end["static"] == call("x25519", keys[1]))
        #expect(last["out"] == end["in"])
        #expect(last["in"] == end["out"])
        let key = try #require(last["out"])
        let frames = try (0...1).map { try call("noise_seal", key, .uint(UInt64($0)), .bytes([UInt8($0), 9])) }
        #expect(try call("noise_open", key, .list(frames)) == .bytes([0, 9, 1, 9]))
        #expect(try call("noise_open", key, .list(frames.reversed())) == .null)
    }
    @Test func whoSaysWhat() throws {
        let payload = try call("noise_payload", pair, keys[1])
        let says = try call("noise_says", payload)
        let key = try #require(says["identity_key"])
        guard case .bytes(let permanent) = try call("x25519", keys[1]) else {
            Issue.record("no key")
            return
        }
        let signed = Array("noise-libp2p-static-key:".utf8) + permanent
        let signature = try #require(says["identity_sig"])
        #expect(try call("verifies", key, .bytes(signed), signature) == .bool(true))
        #expect(try call("verifies", key, .bytes(permanent), signature) == .bool(false))
        #expect(says["stream_muxers"] == .null)
        guard case .bytes(let bytes) = key else {
            Issue.record("no key")
            return
        }
        #expect(try call("peer_id", key) == .bytes([0, 36] + bytes))
        #expect(try call("noise_says", .bytes([0x0a, 0xff])) == .null)
    }
    /// Wrong data of the other side give null, which the scenario judges. Wrong arguments of the scenario throw.
    @Test func refused() throws {
        let hello = try call("noise_hello", keys[0])
        #expect(try call("noise_final", keys[1], keys[0], hello, .bytes([])) == .null)
        let weak: [UInt8] = [0, 32] + [UInt8](repeating: 0, count: 32)
        #expect(try call("noise_answer", keys[3], keys[2], .bytes(weak), .bytes([])) == .null)
        #expect(throws: ProtocolFunction.Refusal.self) { try call("noise_hello", .bytes([1])) }
        #expect(throws: ProtocolFunction.Refusal.self) { try call("x25519", .text("a")) }
    }
}
