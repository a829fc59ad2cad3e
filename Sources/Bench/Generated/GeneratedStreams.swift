import Capture
import Glibc
import Node

/// A capture of synthetic TCP connections in a temporary file. The segments have 1,448 bytes. Every 200th is repeated,
/// and every 200th precedes the segment before it.
final class GeneratedStreams {
    let path: String
    /// The number of bytes of the file, without the buffered ones.
    private(set) var written = 0
    /// The number of bytes of the streams, without repetitions.
    private(set) var payload = 0
    private let file: UnsafeMutablePointer<FILE>
    private var packet: SyntheticPacket
    private var out = GeneratedStreams.header
    private var sent: [Int]
    private var time: UInt32 = 0
    private var serial = 0

    /// Opens connections to this port; nil if the file cannot be written.
    init?(_ flows: Int, port: UInt16) {
        guard let file = tmpfile() else { return nil }
        self.file = file
        // Other programs in the comparison open the file too.
        path = "/proc/\(getpid())/fd/\(fileno(file))"
        packet = SyntheticPacket(port: port)
        sent = [Int](repeating: 0, count: 2 * flows)
        for flow in 0..<flows {
            add(flow, fromClient: true, flags: 2, [], at: -1)
            add(flow, fromClient: false, flags: 0x12, [], at: -1)
        }
    }
    deinit { fclose(file) }

    /// Writes the next bytes of one side; false if that failed.
    func say(_ flow: Int, fromClient: Bool, _ bytes: [UInt8]) -> Bool {
        let direction = flow * 2 + (fromClient ? 0 : 1)
        var pieces = stride(from: 0, to: bytes.count, by: 1448).map { $0..<min($0 + 1448, bytes.count) }
        for i in pieces.indices.dropLast() {
            serial += 1
            if serial % 200 == 0 { pieces.swapAt(i, i + 1) }
        }
        for p in pieces {
            add(flow, fromClient: fromClient, flags: 0x18, bytes[p], at: sent[direction] + p.lowerBound)
            serial += 1
            if serial % 200 == 100 {
                add(flow, fromClient: fromClient, flags: 0x18, bytes[p], at: sent[direction] + p.lowerBound)
            }
        }
        sent[direction] += bytes.count
        payload += bytes.count
        return out.count <= 1 << 20 || flush()
    }
    /// Writes the buffered bytes; false if that failed.
    func finish() -> Bool { flush() && fflush(file) == 0 }

    private func flush() -> Bool {
        guard fwrite(out, 1, out.count, file) == out.count else { return false }
        written += out.count
        out.removeAll(keepingCapacity: true)
        return true
    }
    private func add(_ flow: Int, fromClient: Bool, flags: UInt8, _ payload: ArraySlice<UInt8>, at: Int) {
        packet.set(flow: flow, fromClient: fromClient, flags: flags, payload: Array(payload), at: at)
        time &+= 7
        for n in [
            1_700_000_000 + time / 1_000_000, time % 1_000_000, UInt32(14 + packet.bytes.count),
            UInt32(14 + packet.bytes.count),
        ] {
            withUnsafeBytes(of: n.littleEndian) { out += $0 }
        }
        out += Self.ethernet
        out += packet.bytes
    }
    /// The addresses are zero; IPv4 follows.
    private static let ethernet: [UInt8] = [UInt8](repeating: 0, count: 12) + [8, 0]
    /// The file header: classic pcap, little-endian, microseconds, Ethernet.
    private static let header: [UInt8] =
        [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]

    /// Reads the capture; nil if it is damaged.
    func read(_ definitions: [Definition]) -> (messages: Int, tally: Tally)? {
        guard var capture = try? CaptureFile(path) else { return nil }
        var table = FlowTable(definitions)
        var sink = RecordCounter()
        guard table.read(&capture, &sink) == nil else { return nil }
        return (sink.messages, table.tally)
    }
}
