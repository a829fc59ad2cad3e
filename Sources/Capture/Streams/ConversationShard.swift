internal import Node

/// The assignment of packets to parts of a capture so that no conversation is split. All packets between two hosts are
/// in one part. The ports do not count, because only the first fragment of a packet has them.
public enum ConversationShard {
    /// Returns the part, counted from 0; 0 for packets that carry no messages. Returns nil for an 802.11 frame with
    /// several packets, which may belong to different hosts. The result is the same on every machine and in every run.
    /// The hosts are those inside of tunnels, except for fragments, whose content is not known yet.
    public static func of(_ packet: borrowing Packet, parts: Int) -> Int? {
        if packet.link.isWireless, WirelessFrame.several(in: packet) != nil { return nil }
        return switch Layers(packet) {
        case .tcp(let s): part(s.source, s.destination, parts)
        case .udp(let d): part(d.source, d.destination, parts)
        case .fragment(let f): part(f.key.source, f.key.destination, parts)
        case .other, .unopened, .damaged, .inner: 0
        }
    }
    private static func part(_ a: Endpoint, _ b: Endpoint, _ parts: Int) -> Int {
        // The result is the same for both directions.
        let mixed = mix(a.high, a.low) &+ mix(b.high, b.low)
        return Int((mixed ^ mixed >> 32) % UInt64(max(1, parts)))
    }
    /// Mixes an address, so that addresses that differ in one bit differ in about half of the result's bits (the
    /// finalizer of MurmurHash3).
    private static func mix(_ high: UInt64, _ low: UInt64) -> UInt64 {
        var n = high &* 0x9e37_79b9_7f4a_7c15 ^ low
        n = (n ^ n >> 33) &* 0xff51_afd7_ed55_8ccd
        n = (n ^ n >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return n ^ n >> 33
    }
}
