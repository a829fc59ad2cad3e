import CLinux
import Node
import RightMesh

extension Benchmark {
    /// Splits an RMPX message of a million bytes into datagrams and reassembles it, including both checksums.
    static let rejoin = Benchmark(
        name: "split and rejoin 1 MB", limit: "C reference", goal: "at most 2", needs: [.cc]
    ) {
        // A running node does the same.
        linux_keep_heap()
        let size = 1_000_000
        // The message is a HELLO with a section of records of 24 bytes that fills the body.
        let count = (size - 8) / 24
        var message = [UInt8](repeating: 0, count: 72 + 8 + 24 * count)
        for i in 80..<message.count { message[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13) }
        message.replaceSubrange(0..<8, with: [0x52, 0x4d, 1, 1, 0, 4, 1, 0])
        for i in 8..<48 { message[i] = UInt8(i) }
        (message[71], message[59]) = (1, 1)
        message.replaceSubrange(72..<76, with: [1, 1, 0, 24])
        for i in 0..<4 { message[76 + i] = UInt8(truncatingIfNeeded: count >> (8 * (3 - i))) }
        var (msgID, whole) = (UInt32(0), 0)
        var reassembler = Reassembler()
        let mine = best(50) {
            msgID += 1
            for i in 0..<4 { message[48 + i] = UInt8(truncatingIfNeeded: msgID >> (8 * UInt32(3 - i))) }
            Fragmenter.seal(&message)
            guard let datagrams = try? Fragmenter.split(message.span.bytes) else { return 0 }
            for d in datagrams {
                if case .message(let m) = reassembler.receive(d.span.bytes, from: .loopback(40_000), now: .zero) {
                    whole += m.bytes.count == message.count ? 1 : 0
                }
            }
            return datagrams.count
        }
        // A figure counts only if every message was reassembled.
        guard whole == Int(msgID), let reference = Tool.buildReference(Tool.reassemblySource) else { return nil }
        defer { reference.remove() }
        guard let limit = Shell.number("exec '\(reference.program)' \(message.count - 72)") else { return nil }
        return Row(figure: mine / 1000, limit: limit / 1000, unit: "us")
    }
}
