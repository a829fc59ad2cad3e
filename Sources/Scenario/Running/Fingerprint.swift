/// Short hashes of contents, the same on every machine and in every version.
public enum Fingerprint {
    /// Returns the 64-bit FNV-1a hash in hexadecimal.
    public static func of(_ bytes: some Sequence<UInt8>) -> String {
        var h: UInt64 = 0xcbf2_9ce4_8422_2325
        for b in bytes { h = (h ^ UInt64(b)) &* 0x0000_0100_0000_01b3 }
        let s = String(h, radix: 16)
        return String(repeating: "0", count: 16 - s.count) + s
    }
    /// Returns the fingerprint of a failure, from its requirement, field path and kind of reason. Numbers, bytes and
    /// times in the reason do not count, because random values differ between runs. A reset connection counts as closed:
    /// TCP resets a connection if the node had not read everything when it closed, so that chance decides.
    public static func of(_ r: CaseResult) -> String {
        let reason = kind(r.problem?.kind ?? r.problem?.reason ?? r.reason ?? "")
            .replacing("connection reset", with: "connection closed")
        return of("\(r.verdict.rawValue)|\(r.requirement)|\(r.problem?.path ?? "")|\(reason)".utf8)
    }
    /// Returns a reason without its numbers, bytes and times.
    public static func kind(_ reason: String) -> String {
        var kind: [UInt8] = []
        var isNumber = false
        for word in reason.split(separator: " ") {
            let varies = word.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
            if varies {
                if !isNumber { kind += Array("# ".utf8) }
            } else {
                kind += Array(word.utf8) + [0x20]
            }
            isNumber = varies
        }
        return String(decoding: kind, as: UTF8.self)
    }
}
