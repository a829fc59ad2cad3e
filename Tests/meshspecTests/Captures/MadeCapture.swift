/// Raw IP packets of one connection from 10.0.0.1:40000 to 10.0.0.2:7075, with the payload of the client.
struct MadeCapture {
    private(set) var packets: [[UInt8]] = []

    /// Creates the packets. If `opened` is true, a SYN precedes them.
    init(_ pieces: [[UInt8]], opened: Bool = true) {
        var sequence = 1000
        func packet(_ payload: [UInt8], syn: Bool) -> [UInt8] {
            let tcp =
                Self.be(40_000, 2) + Self.be(7075, 2) + Self.be(sequence, 4) + Self.be(0, 4) + [0x50, syn ? 2 : 0x18]
                + Self.be(9, 2) + Self.be(0, 4)
            let ip =
                [0x45, 0] + Self.be(40 + payload.count, 2) + Self.be(0, 4) + [64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
            return ip + tcp + payload
        }
        if opened {
            packets.append(packet([], syn: true))
            sequence += 1
        }
        for piece in pieces {
            packets.append(packet(piece, syn: false))
            sequence += piece.count
        }
    }
    /// Adds an ACK of the server for `count` bytes, including the SYN.
    mutating func acknowledge(_ count: Int) { packets.append(Self.answer(0, 1000 + count, 0x10)) }
    /// Adds a SYN-ACK of the server after the SYN.
    mutating func accept() { packets.insert(Self.answer(0xffff_ffff, 1001, 0x12), at: 1) }
    private static func answer(_ sequence: Int, _ acknowledged: Int, _ flags: UInt8) -> [UInt8] {
        let tcp =
            be(7075, 2) + be(40_000, 2) + be(sequence, 4) + be(acknowledged, 4) + [0x50, flags] + be(9, 2) + be(0, 4)
        return [0x45, 0] + be(40, 2) + be(0, 4) + [64, 6, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1] + tcp
    }
    /// The packets as a classic pcap file.
    var pcap: [UInt8] {
        var file = Self.le(0xa1b2_c3d4) + [2, 0, 4, 0] + Self.le(0) + Self.le(0) + Self.le(262_144) + Self.le(101)
        for p in packets { file += Self.le(1) + Self.le(0) + Self.le(p.count) + Self.le(p.count) + p }
        return file
    }
    static func be(_ n: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: n >> ($0 * 8)) }
    }
    static func le(_ n: Int) -> [UInt8] { be(n, 4).reversed() }
}
