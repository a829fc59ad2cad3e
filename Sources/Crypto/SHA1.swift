/// SHA-1 (RFC 3174), for protocols that prescribe it, such as the WebSocket handshake. It does not resist collisions.
public enum SHA1 {
    /// Returns the hash, 20 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
        var schedule = [UInt32](repeating: 0, count: 80)
        let whole = bytes.count / 64 * 64
        for at in stride(from: 0, to: whole, by: 64) { add(bytes[at..<at + 64], &schedule, &state) }
        // The padding: the remaining bytes, a 1 bit, zeros, and the number of bits as 64 bits.
        var tail = Array(bytes[whole...]) + [0x80]
        while tail.count % 64 != 56 { tail.append(0) }
        let bits = UInt64(bytes.count) << 3
        for shift in stride(from: 56 as UInt64, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        for at in stride(from: 0, to: tail.count, by: 64) { add(tail[at..<at + 64], &schedule, &state) }
        return state.flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> ($0 as UInt32)) }
        }
    }
    /// Adds one block of 64 bytes.
    private static func add(_ block: ArraySlice<UInt8>, _ w: inout [UInt32], _ state: inout [UInt32]) {
        for t in 0..<16 {
            let at = block.startIndex + 4 * t
            w[t] = block[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for t in 16..<80 { w[t] = left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1) }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for t in 0..<80 {
            let f: UInt32
            let k: UInt32
            switch t {
            case ..<20: (f, k) = (b & c | ~b & d, 0x5a82_7999)
            case ..<40: (f, k) = (b ^ c ^ d, 0x6ed9_eba1)
            case ..<60: (f, k) = (b & c | b & d | c & d, 0x8f1b_bcdc)
            default: (f, k) = (b ^ c ^ d, 0xca62_c1d6)
            }
            let next = left(a, 5) &+ f &+ e &+ w[t] &+ k
            (e, d, c, b, a) = (d, c, left(b, 30), a, next)
        }
        for (i, word) in [a, b, c, d, e].enumerated() { state[i] = state[i] &+ word }
    }
    private static func left(_ x: UInt32, _ n: UInt32) -> UInt32 { x << n | x >> (32 - n) }
}
