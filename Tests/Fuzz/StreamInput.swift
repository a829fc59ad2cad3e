import Capture
import Nano
import Node

@testable import meshspec

/// TCP between two ends. The decoder reads the data of each side twice: first with one segment for each piece, and
/// then as the input cuts and disturbs the segments. Both times it must find the same messages.
enum StreamInput {
    /// A record without frames, times and notes about them, which may differ.
    struct Said: Hashable {
        var isFromClient: Bool
        var name: String
        var offset: Int64
        var bytes: [UInt8]
        /// True if another record carried it. Its offset then does not refer to the stream.
        var isCarried: Bool
    }
    struct Sink: RecordSink {
        var said: [Said] = []
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            said.append(
                Said(
                    isFromClient: record.isFromClient, name: record.name, offset: record.offset,
                    bytes: bytes.withUnsafeBytes { [UInt8]($0) }, isCarried: record.isCarried))
        }
    }
    /// A segment: its side, its offset in the stream, and its content.
    struct Part {
        var isFromClient: Bool
        var at: Int
        var bytes: [UInt8]
    }

    /// The disturbed segments. One segment at a time may be held back until later segments of its side are added.
    struct Disturbed {
        private(set) var parts: [Part] = []
        private var late: Part?
        /// The number of segments that the same side sent since then.
        private var waiting = 0

        mutating func add(_ part: Part) {
            parts.append(part)
            if part.isFromClient == late?.isFromClient { waiting += 1 }
            // The decoder does not wait for a segment beyond this limit, so the messages would differ.
            if waiting == CaptureLimits().pieces { release() }
        }
        /// Holds a segment back. Returns false if another one is already held back.
        mutating func hold(_ part: Part) -> Bool {
            guard late == nil else { return false }
            late = part
            return true
        }
        /// Ends a piece of input. A gap delays later data of its side, but not the data of the other side. The order
        /// of the messages is the same only if the other side is silent.
        mutating func settle(_ isClient: Bool) {
            guard let late else { return }
            if late.isFromClient != isClient || parts.last?.at ?? 0 > late.at { release() }
        }
        mutating func release() {
            if let late { parts.append(late) }
            (late, waiting) = (nil, 0)
        }
    }

    /// Decodes the input twice and compares the messages. `others` are further protocols that the stream may use or
    /// carry. `before` is the first data of both sides, the same both times: one segment each, the client before the
    /// server.
    static func run(
        _ input: [UInt8], _ definition: Definition, port: UInt16,
        before: (client: [UInt8], server: [UInt8]) = ([], []), beside others: [Definition] = [],
        _ secrets: Secrets = Secrets()
    ) {
        let definitions = [definition] + others
        var rest = input[...]
        var streams: [[UInt8]] = [before.client, before.server]
        var order: [Part] = []
        var disturbed = Disturbed()
        for (isClient, bytes) in [(true, before.client), (false, before.server)] where !bytes.isEmpty {
            order.append(Part(isFromClient: isClient, at: 0, bytes: bytes))
            disturbed.add(Part(isFromClient: isClient, at: 0, bytes: bytes))
        }
        let begun = order.count
        while let piece = PacketInput.next(&rest) {
            let isClient = piece.flags & 1 == 0
            let side = isClient ? 0 : 1
            let part = Part(isFromClient: isClient, at: streams[side].count, bytes: piece.bytes)
            streams[side] += piece.bytes
            order.append(part)
            // The segment is cut, swapped with the next one from its side, repeated or overlapping.
            switch piece.flags >> 1 & 7 {
            case 0:
                for (i, byte) in piece.bytes.enumerated() {
                    disturbed.add(Part(isFromClient: isClient, at: part.at + i, bytes: [byte]))
                }
            case 1 where disturbed.hold(part): break
            case 2:
                disturbed.add(part)
                disturbed.add(part)
            case 3:
                disturbed.add(part)
                let from = max(0, part.at - Int(piece.flags >> 4) * 7)
                disturbed.add(Part(isFromClient: isClient, at: from, bytes: Array(streams[side][from...])))
            default: disturbed.add(part)
            }
            disturbed.settle(isClient)
        }
        disturbed.release()
        let (plain, tally) = decoded(order, definitions, secrets, port)
        let (again, other) = decoded(disturbed.parts, definitions, secrets, port)
        Property.check(tally.payload == streams[0].count + streams[1].count, "payload \(tally.payload)")
        Property.check(other.payload == tally.payload, "payload \(other.payload) of \(tally.payload)")
        Property.check(tally.gaps == 0 && other.gaps == 0, "gaps")
        Property.check(other.contradictions == 0, "contradictions")
        for isClient in [true, false] {
            // The meaning of data depends on data of the other side. The sides are compared only if one of them is
            // silent.
            guard order[begun...].allSatisfy({ $0.isFromClient == isClient }) else { continue }
            let (a, b) = (plain.filter { $0.isFromClient == isClient }, again.filter { $0.isFromClient == isClient })
            Property.check(a == b, "cut otherwise: \(a.map(\.name)) \(b.map(\.name))")
        }
        for side in 0..<2 {
            for said in [plain, again] {
                for s in said where s.isFromClient == (side == 0) && !s.isCarried {
                    let from = Int(s.offset)
                    Property.check(
                        from + s.bytes.count <= streams[side].count
                            && Array(streams[side][from..<from + s.bytes.count]) == s.bytes, "\(s.name) at \(from)")
                }
            }
        }
    }
    private static func decoded(
        _ parts: [Part], _ definitions: [Definition], _ secrets: Secrets, _ port: UInt16
    ) -> ([Said], Tally) {
        var table = FlowTable(definitions, ReadingOptions(secrets: secrets))
        var sink = Sink()
        var number = 0
        func take(_ isClient: Bool, _ flags: UInt8, _ sequence: UInt32, _ payload: [UInt8]) {
            number += 1
            let bytes = segment(isClient, flags, sequence, payload, port)
            table.receive(
                Packet(
                    number: number, time: Timestamp(nanoseconds: Int64(number) * 1000), length: bytes.count,
                    link: .raw, bytes: bytes.span.bytes), &sink)
        }
        // The client begins close to the end of the sequence numbers.
        let first: [UInt32] = [0xffff_ff00, 7]
        take(true, 2, first[0] &- 1, [])
        take(false, 0x12, first[1] &- 1, [])
        for p in parts where !p.bytes.isEmpty {
            take(p.isFromClient, 0x18, first[p.isFromClient ? 0 : 1] &+ UInt32(p.at), p.bytes)
        }
        table.finish(&sink)
        return (sink.said, table.tally)
    }
    /// Builds an IPv4 packet. It acknowledges nothing, because the decoder may not have the data yet.
    static func segment(
        _ isClient: Bool, _ flags: UInt8, _ sequence: UInt32, _ payload: [UInt8], _ port: UInt16
    ) -> [UInt8] {
        func big(_ n: UInt32) -> [UInt8] { PacketInput.word(n).reversed() }
        let total = 40 + payload.count
        let ends: [[UInt8]] = [[10, 0, 0, 1], [10, 0, 0, 2]]
        let ports: [[UInt8]] = [[0x9c, 0x40], [UInt8(port >> 8), UInt8(port & 255)]]
        let (a, b) = isClient ? (0, 1) : (1, 0)
        return [0x45, 0] + big(UInt32(total)).suffix(2) + [0, 1, 0, 0, 64, 6, 0, 0] + ends[a] + ends[b] + ports[a]
            + ports[b] + big(sequence) + big(0) + [0x50, flags & ~0x10, 1, 0, 0, 0, 0, 0] + payload
    }
}
