import Capture
import Nano
import Node
import Wire

/// A TCP segment over IPv4 that is modified in place.
struct SyntheticPacket {
    private(set) var bytes: [UInt8]
    private let port: UInt16

    init(port: UInt16) {
        self.port = port
        bytes = [UInt8](repeating: 0, count: 40)
        (bytes[0], bytes[8], bytes[9], bytes[32]) = (0x45, 64, 6, 0x50)
    }
    /// Sets the connection `flow` and the offset in its stream; -1 is the offset of a SYN.
    mutating func set(flow: Int, fromClient: Bool, flags: UInt8, payload: [UInt8], at offset: Int = 0) {
        bytes.removeLast(bytes.count - 40)
        bytes += payload
        put16(2, UInt16(clamping: bytes.count))
        put32(fromClient ? 12 : 16, 0x0b00_0000 &+ UInt32(truncatingIfNeeded: flow))
        put32(fromClient ? 16 : 12, 0x0a00_0001)
        put16(fromClient ? 20 : 22, 40_000)
        put16(fromClient ? 22 : 20, port)
        put32(24, UInt32(truncatingIfNeeded: 1000 &+ offset))
        put32(28, 0)
        bytes[33] = flags & 0x10 != 0 && flags & 2 == 0 ? 0x08 : flags & ~0x10
    }
    private mutating func put16(_ at: Int, _ n: UInt16) {
        (bytes[at], bytes[at + 1]) = (UInt8(n >> 8), UInt8(truncatingIfNeeded: n))
    }
    private mutating func put32(_ at: Int, _ n: UInt32) {
        put16(at, UInt16(n >> 16))
        put16(at + 2, UInt16(truncatingIfNeeded: n))
    }
    @_lifetime(borrow self)
    func packet(number: Int) -> Packet {
        Packet(
            number: number, time: Timestamp(nanoseconds: Int64(number)), length: bytes.count, link: .raw,
            bytes: bytes.span.bytes)
    }
    /// Returns the segments of a connection: its opening, and, if it `speaks`, a message of each side.
    static func dialogue(_ speaks: Bool) -> [(fromClient: Bool, flags: UInt8, payload: [UInt8])] {
        let opening: [(Bool, UInt8, [UInt8])] = [(true, 2, []), (false, 0x12, [])]
        return speaks ? opening + [(true, 0x18, message), (false, 0x18, message)] : opening
    }
    private static let message = nano(12, 0)
    /// Returns the header of a message of the live network. Type 12 is telemetry_req, which has no further content.
    static func nano(_ type: UInt8, _ extensions: UInt16) -> [UInt8] {
        [0x52, 0x43, 0x15, 0x15, 0x12, type, UInt8(truncatingIfNeeded: extensions), UInt8(extensions >> 8)]
    }
}
