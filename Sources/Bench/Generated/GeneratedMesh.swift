import Capture
import Glibc
import Node
import RightMesh
import Wire

/// A capture of synthetic RMPX traffic with known content in a temporary file. There are 13 pairs of superpeers that
/// send HELLO to each other, with up to 2,000 peers. There are 11 phones that send their superpeers INFO and FIND in
/// the ratio 35 to 10. All messages are answered. Of 200 datagrams, one is duplicated. Of 50 messages in several
/// datagrams, one is shuffled and one lacks a datagram.
///
/// The generator was written for this program. The same seed gives the same bytes. Peers and superpeers are taken from
/// a pool, but a superpeer lists itself first, and an answer to a FIND contains the requested peers. Messages have
/// their own numbers.
final class GeneratedMesh {
    let path: String
    /// The number of complete messages, without repetitions. `datagrams` is the number of datagrams, and `incomplete`
    /// the number of incomplete messages.
    private(set) var messages = 0
    private(set) var datagrams = 0
    private(set) var incomplete = 0
    private let file: UnsafeMutablePointer<FILE>
    private var random: Random
    private var out: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    private var time: UInt64 = 0
    private var written = 0

    /// Makes the capture; nil if it cannot be written.
    init?(megabytes: Int, seed: UInt64 = 1) {
        guard let file = tmpfile() else { return nil }
        self.file = file
        path = "/proc/\(getpid())/fd/\(fileno(file))"
        random = Random(seed: seed)
        let pools = MeshBodies(&random)
        var counters = [UInt32](repeating: 0, count: 48)
        while written < megabytes * 1_000_000 {
            let flow = Int.random(in: 0..<24, using: &random)
            if Self.isPhone(flow) {
                if Int.random(in: 0..<45, using: &random) < 35 {
                    let asked = say(flow, going: 0, 3, ack: 0, from: pools.infos, counting: &counters)
                    _ = say(flow, going: 1, 4, ack: asked, from: pools.infoAcks, counting: &counters)
                } else {
                    let choice = Int.random(in: 0..<pools.finds.count, using: &random)
                    let asked = say(flow, going: 0, 5, ack: 0, from: [pools.finds[choice]], counting: &counters)
                    _ = say(flow, going: 1, 6, ack: asked, from: [pools.findAcks[choice]], counting: &counters)
                }
            } else {
                let asked = say(flow, going: 0, 1, ack: 0, from: pools.hellos, counting: &counters)
                _ = say(flow, going: 1, 2, ack: asked, from: pools.helloAcks, counting: &counters)
            }
            guard flush(atLeast: 1 << 20) else { return nil }
        }
        guard flush(atLeast: 0), fflush(file) == 0 else { return nil }
    }
    deinit { fclose(file) }

    /// Returns whether a phone and not a superpeer initiated the flow.
    private static func isPhone(_ flow: Int) -> Bool { flow % 9 % 2 == 1 }
    /// Writes a message and returns its number.
    private func say(
        _ flow: Int, going direction: Int, _ type: Int, ack: UInt32, from pool: [MeshBody],
        counting counters: inout [UInt32]
    ) -> UInt32 {
        while true {
            counters[flow * 2 + direction] += 1
            let number = counters[flow * 2 + direction]
            var message = Self.header(flow, going: direction, type, number: number, ack: ack)
            pool[Int.random(in: 0..<pool.count, using: &random)]
                .append(to: &message, from: Self.id(flow, direction), at: Self.address(flow, direction))
            Fragmenter.seal(&message)
            guard var parts = try? Fragmenter.split(message.span.bytes) else { return number }
            let isLong = parts.count > 1
            if isLong, Int.random(in: 0..<50, using: &random) == 0 { parts.shuffle(using: &random) }
            let lacks = isLong && Int.random(in: 0..<50, using: &random) == 0
            if lacks { parts.remove(at: Int.random(in: 0..<parts.count, using: &random)) }
            for part in parts {
                emit(part, flow, direction)
                if Int.random(in: 0..<200, using: &random) == 0 { emit(part, flow, direction) }
            }
            if !lacks {
                messages += 1
                return number
            }
            // The loop writes a replacement.
            incomplete += 1
        }
    }
    private func emit(_ payload: [UInt8], _ flow: Int, _ direction: Int) {
        datagrams += 1
        time += UInt64.random(in: 10..<60, using: &random)
        let length = 14 + 28 + payload.count
        for n in [UInt64(1_700_000_000) + time / 1_000_000, time % 1_000_000, UInt64(length), UInt64(length)] {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: n).littleEndian) { out += $0 }
        }
        let total = length - 14
        out +=
            [UInt8](repeating: 0, count: 12) + [
                8, 0, 0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 0, 0, 0, 64, 17, 0, 0,
            ]
        out += Self.address(flow, direction) + Self.address(flow, 1 - direction)
        let udp = 8 + payload.count
        out += [0x9c, 0x40, 0x9c, 0x40, UInt8(udp >> 8), UInt8(udp & 255), 0, 0]
        out += payload
    }
    private func flush(atLeast: Int) -> Bool {
        guard out.count > atLeast else { return true }
        guard fwrite(out, 1, out.count, file) == out.count else { return false }
        written += out.count
        out.removeAll(keepingCapacity: true)
        return true
    }

    private static func id(_ flow: Int, _ end: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(1 + flow * 2 + end), count: 20)
    }
    private static func address(_ flow: Int, _ end: Int) -> [UInt8] {
        end == 0 ? [11, 0, 0, UInt8(flow)] : [10, 0, 0, UInt8(flow % 5)]
    }
    private static func header(_ flow: Int, going direction: Int, _ type: Int, number: UInt32, ack: UInt32) -> [UInt8] {
        func be(_ n: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: n >> (24 - 8 * UInt32($0))) } }
        let role: UInt8 = direction == 0 && isPhone(flow) ? 2 : 4
        return [0x52, 0x4d, 1, UInt8(type), 0, role, type < 5 ? 1 : 16, 0] + id(flow, direction)
            + id(flow, 1 - direction) + be(number) + be(ack) + [0, 0, 0, 1] + [UInt8](repeating: 0, count: 8) + [
                0, 0, 0, UInt8(1 + flow),
            ]
    }

    /// Reads the capture. Returns true if the result is exactly its content, without findings.
    func isRead() -> Bool {
        guard var capture = try? CaptureFile(path) else { return false }
        var table = FlowTable([.rightmesh])
        var sink = Sink()
        guard table.read(&capture, &sink) == nil else { return false }
        return sink.messages == messages && sink.datagrams == datagrams && sink.incomplete == incomplete
            && sink.others == 0
    }
    private struct Sink: RecordSink {
        var (messages, datagrams, incomplete, others) = (0, 0, 0, 0)
        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            if record.notes.contains(where: { $0.severity == .violation }) { others += 1 }
            switch record.kind {
            case .incomplete: incomplete += 1
            case .malformed: others += 1
            case .message:
                if !record.isReassembled { datagrams += 1 }
                let isPart = record.message?.name.description == "rightmesh.fragment"
                if !isPart, !record.notes.contains(where: { $0.text.hasPrefix("said again") }) { messages += 1 }
            }
        }
    }
}
