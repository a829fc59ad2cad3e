/// Bytes as text of 64 characters (RFC 4648 §4), with `=` at the end.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var at = 0
        while at < bytes.count {
            let have = min(3, bytes.count - at)
            var bits = UInt32(0)
            for i in 0..<3 { bits = bits << 8 | (i < have ? UInt32(bytes[at + i]) : 0) }
            for i in 0..<4 {
                out.append(i <= have ? digits[Int(bits >> UInt32(18 - 6 * i)) & 63] : UInt8(ascii: "="))
            }
            at += 3
        }
        return String(decoding: out, as: UTF8.self)
    }
}
