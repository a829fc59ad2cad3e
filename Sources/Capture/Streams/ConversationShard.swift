internal import Node

/// Into which of several parts of a capture a packet goes, so that no conversation is cut: all packets between two hosts
/// go into one. Fragments do so too, since only the first of a packet has ports.
public enum ConversationShard {
    /// The part, from 0; the first one for packets that carry no messages. Nil for a frame of 802.11 that holds several
    /// packets, which may be of different hosts. The same on every machine and in every run. Hosts are those inside of
    /// tunnels, but for fragments, of which nobody knows yet what is in them.
    public static func of(_ packet: borrowing Packet, parts: Int) -> Int? {
        if packet.link == .ieee80211 || packet.link == .radiotap,
            case .several = WirelessFrame(packet.bytes, packet.link)
        {
            return nil
        }
        return switch Layers(packet) {
        case .tcp(let s): part(s.source, s.destination, parts)
        case .udp(let d): part(d.source, d.destination, parts)
        case .fragment(let f): part(f.key.source, f.key.destination, parts)
        case .other, .damaged, .inner: 0
        }
    }
    private static func part(_ a: Endpoint, _ b: Endpoint, _ parts: Int) -> Int {
        // Either direction gives the same.
        let mixed = mix(a.high, a.low) &+ mix(b.high, b.low)
        return Int((mixed ^ mixed >> 32) % UInt64(max(1, parts)))
    }
    /// Addresses that differ in one bit differ in about half of these (the finalizer of MurmurHash3).
    private static func mix(_ high: UInt64, _ low: UInt64) -> UInt64 {
        var n = high &* 0x9e37_79b9_7f4a_7c15 ^ low
        n = (n ^ n >> 33) &* 0xff51_afd7_ed55_8ccd
        n = (n ^ n >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return n ^ n >> 33
    }
}
