import Capture
import Glibc
import Node
import RightMesh
import Wire

/// A capture of made-up RMPX traffic in a temporary file, of which everything is known: 24 phones and superpeers that ask
/// each other and answer, HELLO, INFO and FIND as 55 to 35 to 10, with up to 2,000 peers in a HELLO; of 200 datagrams one is
/// there twice, of 50 messages in several datagrams one is shuffled and one lacks a datagram.
///
/// Written anew for this program; the same seed gives the same bytes. Bodies come from a pool, messages have numbers of
/// their own.
final class GeneratedMesh {
    let path: String
    /// Messages that are whole, each once; datagrams, and messages that are not whole.
    private(set) var messages = 0
    private(set) var datagrams = 0
    private(set) var incomplete = 0
    private let file: UnsafeMutablePointer<FILE>
    private var random: Random
    private var out: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]
    private var time: UInt64 = 0
    private var written = 0

    /// Nil when it cannot be written.
    init?(megabytes: Int, seed: UInt64 = 1) {
        guard let file = tmpfile() else { return nil }
        self.file = file
        path = "/proc/\(getpid())/fd/\(fileno(file))"
        random = Random(seed: seed)
        let pools = (1...6).map { type in (0..<(type < 5 ? 48 : 24)).map { _ in body(type) } }
        var counters = [UInt32](repeating: 0, count: 48)
        while written < megabytes * 1_000_000 {
            let flow = Int.random(in: 0..<24, using: &random)
            let draw = Int.random(in: 0..<100, using: &random)
            let request = draw < 55 ? 1 : draw < 90 ? 3 : 5
            let asked = say(flow, 0, request, 0, pools[request - 1], &counters)
            _ = say(flow, 1, request + 1, asked, pools[request], &counters)
            guard flush(atLeast: 1 << 20) else { return nil }
        }
        guard flush(atLeast: 0), fflush(file) == 0 else { return nil }
    }
    deinit { fclose(file) }

    /// Writes a message; returns its number.
    private func say(
        _ flow: Int, _ direction: Int, _ type: Int, _ ack: UInt32, _ pool: [[UInt8]], _ counters: inout [UInt32]
    ) -> UInt32 {
        while true {
            counters[flow * 2 + direction] += 1
            let number = counters[flow * 2 + direction]
            var message =
                Self.header(flow, direction, type, number, ack) + pool[Int.random(in: 0..<pool.count, using: &random)]
            Splitter.seal(&message)
            guard var parts = try? Splitter.split(message.span.bytes) else { return number }
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
            // Another one follows.
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
        let (phone, superpeer): ([UInt8], [UInt8]) = ([11, 0, 0, UInt8(flow)], [10, 0, 0, UInt8(flow % 5)])
        out += direction == 0 ? phone + superpeer : superpeer + phone
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

    private static func header(_ flow: Int, _ direction: Int, _ type: Int, _ number: UInt32, _ ack: UInt32) -> [UInt8] {
        func be(_ n: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: n >> (24 - 8 * UInt32($0))) } }
        func id(_ end: Int) -> [UInt8] { [UInt8](repeating: UInt8(1 + flow * 2 + end), count: 20) }
        return [0x52, 0x4d, 1, UInt8(type), 0, direction == 0 ? 2 : 4, type < 5 ? 1 : 16, 0] + id(direction)
            + id(1 - direction) + be(number) + be(ack) + [0, 0, 0, 1] + [UInt8](repeating: 0, count: 8) + [
                0, 0, 0, UInt8(1 + flow),
            ]
    }
    private func body(_ type: Int) -> [UInt8] {
        func section(_ kind: UInt8, _ flags: UInt8, _ length: Int, _ count: Int, _ record: () -> [UInt8]) -> [UInt8] {
            let head: [UInt8] = [kind, flags, 0, UInt8(length), 0, 0, UInt8(count >> 8), UInt8(count & 255)]
            return head + (0..<count).flatMap { _ in record() }
        }
        func noise(_ n: Int) -> [UInt8] { (0..<n).map { _ in UInt8.random(in: 0...255, using: &random) } }
        func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        func peers(_ n: Int, isSnapshot: Bool) -> [UInt8] {
            section(1, isSnapshot ? 1 : 0, 24, n) {
                noise(20) + [UInt8(pick(1..<15)), UInt8(pick(0..<6)), 0, UInt8(pick(0..<30))]
            }
        }
        func superpeers(_ n: Int) -> [UInt8] {
            section(2, 0, 44, n) {
                noise(20) + [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10] + noise(3) + [
                    0x9c, 0x40, 4, 1, 0, 0, 0, 0,
                ]
            }
        }
        let draw = pick(0..<100)
        let size = draw < 50 ? pick(0..<12) : draw < 85 ? pick(12..<331) : pick(331..<2000)
        switch type {
        case 1, 2: return peers(size, isSnapshot: true) + (pick(0..<10) < 4 ? superpeers(pick(1..<12)) : [])
        case 3: return peers(size / 4, isSnapshot: true)
        case 4: return peers(pick(0..<8), isSnapshot: false) + superpeers(pick(1..<50))
        case 5: return section(3, 0, 24, pick(1..<60)) { noise(20) + [0, 0, 0, 1] }
        default: return peers(pick(0..<30), isSnapshot: false)
        }
    }

    /// Reads it; true when everything in it was told, and nothing else.
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
            switch record.kind {
            case .incomplete: incomplete += 1
            case .malformed: others += 1
            case .message:
                if !record.isRejoined { datagrams += 1 }
                let isPart = record.message?.name.description == "rightmesh.fragment"
                if !isPart, !record.notes.contains(where: { $0.text.hasPrefix("said again") }) { messages += 1 }
            }
        }
    }
}
