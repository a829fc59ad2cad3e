import Nano
import Node
import Testing
import Wire

@testable import Capture

/// Tests of the legacy bootstrap, in which the request of one side decides how the answer is read.
struct NanoStreamTests {
    static func encoded(_ name: String, _ fields: Value) throws -> [UInt8] {
        let type = try #require(Definition.nano.message(name))
        let (bytes, errors) = type.encode(fields)
        try #require(errors == [])
        return bytes
    }

    /// A client asks, and a server answers with heads, blocks, then heads again, both in pieces of this many bytes.
    @Test(arguments: [1, 10, 64, 1000]) func answersWithoutHeaders(_ piece: Int) throws {
        let key = Value.bytes([UInt8](repeating: 7, count: 32))
        let frontier = try Self.encoded("nano.frontier", ["account": key, "hash": key])
        let end = try Self.encoded("nano.frontier", .map([]))
        let block = try Self.encoded("nano.bulk_block", ["receive": ["previous": key, "source": key]])
        let request = try Self.encoded("nano.frontier_req", ["count": 2])
        let pull = try Self.encoded("nano.bulk_pull", ["start": key])
        var shared = FlowContext([.nano])
        let ends = FlowEnds(flow: 1, client: .loopback(40_000), server: .loopback(7075))
        let conversation = Conversation(.nano, ends, isSwapped: false, &shared)
        var kept = Kept()
        func say(_ bytes: [UInt8], _ direction: StreamDirection) {
            for start in stride(from: 0, to: bytes.count, by: piece) {
                let part = Array(bytes[start..<min(bytes.count, start + piece)])
                conversation.receive(
                    part.span.bytes, going: direction, at: Mark(frame: 1, time: Timestamp(nanoseconds: 0)),
                    with: &shared,
                    to: &kept)
            }
        }
        say(request, .fromClient)
        say(frontier + frontier + end, .fromServer)
        say(pull + request, .fromClient)
        say(block + [1] + frontier + end, .fromServer)
        let wanted = [
            "nano.frontier_req", "nano.frontier", "nano.frontier", "nano.frontier", "nano.bulk_pull",
            "nano.frontier_req", "nano.bulk_block", "nano.bulk_block", "nano.frontier", "nano.frontier",
        ]
        #expect(kept.records.map(\.name) == wanted)
        #expect(kept.records.allSatisfy { $0.kind == .message })
    }

    /// After missing bytes no data are taken for an answer.
    @Test func gapInAnAnswer() throws {
        let request = try Self.encoded("nano.frontier_req", .map([]))
        let keepalive = try Self.encoded("nano.keepalive", .map([]))
        var shared = FlowContext([.nano])
        let ends = FlowEnds(flow: 1, client: .loopback(40_000), server: .loopback(7075))
        let conversation = Conversation(.nano, ends, isSwapped: false, &shared)
        var kept = Kept()
        let time = Timestamp(nanoseconds: 0)
        conversation.receive(
            request.span.bytes, going: .fromClient, at: Mark(frame: 1, time: time), with: &shared, to: &kept)
        conversation.gap(100, going: .fromServer, at: Mark(frame: 2, time: time), with: &shared, to: &kept)
        let rest = [UInt8](repeating: 3, count: 28) + keepalive
        conversation.receive(
            rest.span.bytes, going: .fromServer, at: Mark(frame: 3, time: time), with: &shared, to: &kept)
        #expect(kept.records.map(\.name) == ["nano.frontier_req", "nano.incomplete", "nano.keepalive"])
    }

    /// The reader continues after missing bytes in an answer of heads, which have the same length. It also knows that
    /// the answer was requested, no matter where the capture begins.
    @Test(arguments: [0, 1, 3]) func headsBehindALoss(opening seen: Int) throws {
        let request = try Self.encoded("nano.frontier_req", .map([]))
        let keepalive = try Self.encoded("nano.keepalive", .map([]))
        let heads = try (1...9).flatMap { n in
            try Self.encoded("nano.frontier", ["account": .bytes([UInt8](repeating: n, count: 32))])
        }
        let answer = try heads + Self.encoded("nano.frontier", .map([])) + keepalive
        let wire = Wire2(server: Endpoint(v4: 0x0a00_0002, port: 7075))
        // From within a head, from its beginning, over several heads, and the first bytes.
        for lost in [70..<90, 64..<128, 100..<101, 130..<400, 0..<64, 0..<10, 0..<300] {
            let asked = wire.say(request, at: 0)
            let parts = [
                wire.answer(Array(answer[..<lost.lowerBound]), at: 0, received: request.count),
                wire.answer(Array(answer[lost.upperBound...]), at: lost.upperBound, received: request.count),
            ]
            let (kept, tally) = tap(
                Array(wire.opening.prefix(seen)) + [asked] + parts.filter { !$0.payload.isEmpty }, .ethernet, [.nano])
            let whole = (0..<10).filter { 64 * $0 >= lost.upperBound || 64 * ($0 + 1) <= lost.lowerBound }
            let messages = kept.records.filter { $0.kind == .message }
            #expect(
                messages.map(\.name) == ["nano.frontier_req"] + whole.map { _ in "nano.frontier" } + ["nano.keepalive"],
                "\(lost)")
            #expect(
                zip(messages.dropFirst(), whole).allSatisfy { $0.offset == Int64(64 * $1) }, "\(messages.map(\.offset))"
            )
            let told = kept.records.filter { $0.isFromClient == false }.flatMap(\.notes)
            #expect(!told.contains { $0.text.contains("began before the capture") || $0.severity == .violation })
            #expect(tally.gapBytes == lost.count)
            // All bytes except the heads cut at the gap are decoded.
            let cut = (64 - lost.upperBound % 64) % 64 + lost.lowerBound % 64
            #expect(kept.records.filter { $0.kind != .message }.reduce(0) { $0 + $1.length } == cut, "\(lost)")
        }
    }

    /// Data that only begin like a message are not a message, at any cut: here the version is too high.
    @Test func falseBeginningCutAnywhere() throws {
        let keepalive = try Self.encoded("nano.keepalive", .map([]))
        var strange = keepalive
        strange[2] = 0xff
        let all = keepalive + [7, 7] + strange + keepalive
        let wire = Wire2(server: Endpoint(v4: 0x0a00_0002, port: 7075))
        for cut in 1..<all.count {
            let (kept, _) = tap(
                wire.opening + [wire.say(Array(all.prefix(cut)), at: 0), wire.say(Array(all.dropFirst(cut)), at: cut)],
                .ethernet, [.nano])
            #expect(kept.records.map(\.length) == [152, 154, 152], "cut at \(cut)")
            #expect(kept.records.map(\.kind) == [.message, .malformed, .message], "cut at \(cut)")
        }
    }
}
