import Node

@testable import Report

/// A packet of an image, decoded without any code of the program that made it.
struct SeenPacket {
    var source: String
    var destination: String
    var sourcePort: Int
    var destinationPort: Int
    /// The flags in the form of tcpdump: `S`, `S.`, `.`, `P.`, `F.`, `R.`. Nil for UDP.
    var flags: String?
    var sequence: UInt32 = 0
    var acknowledged: UInt32 = 0
    var payload: [UInt8]
    /// True if all checksums are right.
    var isSound: Bool

    init(_ p: WirePacket) {
        let b = p.bytes
        func u16(_ i: Int) -> Int { Int(b[i]) << 8 | Int(b[i + 1]) }
        func u32(_ i: Int) -> UInt32 { UInt32(u16(i)) << 16 | UInt32(u16(i + 2)) }
        func sum(_ bytes: [UInt8]) -> Int {
            var n = 0
            for (i, x) in bytes.enumerated() { n += i % 2 == 0 ? Int(x) << 8 : Int(x) }
            while n > 0xffff { n = (n & 0xffff) + n >> 16 }
            return n
        }
        let isV6 = b[0] >> 4 == 6
        let header = isV6 ? 40 : 20
        let length = isV6 ? u16(4) + 40 : u16(2)
        let addresses = isV6 ? Array(b[8..<40]) : Array(b[12..<20])
        func host(_ a: ArraySlice<UInt8>) -> String {
            let mapped = isV6 ? Array(a) : [UInt8](repeating: 0, count: 10) + [255, 255] + a
            return Endpoint(address: mapped, port: 0)?.host ?? "?"
        }
        source = host(addresses.prefix(addresses.count / 2))
        destination = host(addresses.suffix(addresses.count / 2))
        let transport = isV6 ? b[6] : b[9]
        sourcePort = u16(header)
        destinationPort = u16(header + 2)
        let content = Array(b[header...])
        let pseudo = addresses + [0, transport] + [UInt8(content.count >> 8), UInt8(content.count & 255)]
        isSound = length == b.count && sum(pseudo + content) == 0xffff && (isV6 || sum(Array(b[..<20])) == 0xffff)
        if transport == 6 {
            let bits = b[header + 13]
            sequence = u32(header + 4)
            acknowledged = u32(header + 8)
            flags = [(0x02, "S"), (0x01, "F"), (0x04, "R"), (0x08, "P"), (0x10, ".")]
                .filter { bits & UInt8($0.0) != 0 }.map(\.1).joined()
            payload = Array(content[(Int(content[12]) >> 4 * 4)...])
        } else {
            payload = Array(content[8...])
            isSound = isSound && u16(header + 4) == content.count
        }
    }
}
