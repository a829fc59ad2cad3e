import Wire

/// The first line of a response (RFC 9112, section 4).
enum StatusLine {
    /// The status code and the line end of a line without a reason phrase, after a version of 8 bytes and a space.
    private static let code = 9..<12
    /// Returns the head of a response with the space after the status code, which a server must send even without a
    /// reason phrase. Returns nil if that space is not what is missing.
    static func mended(_ head: RawSpan) -> [UInt8]? {
        head.withUnsafeBytes { all in
            guard all.count > code.upperBound, all[code.lowerBound - 1] == 0x20, all[code.upperBound] == 0x0d,
                code.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= all[$0] })
            else { return nil }
            return all[..<code.upperBound] + [0x20] + all[code.upperBound...]
        }
    }
}
