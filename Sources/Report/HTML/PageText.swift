internal import Scenario

/// Text on its way into a page. Whatever it says, it stays text: what browsers take for markup is escaped, and what
/// would be invisible or turn the direction of writing is shown as a number.
enum PageText {
    /// Text between tags or in a quoted attribute.
    static func html(_ s: String, to out: inout [UInt8]) {
        var s = Printable.text(s)
        s.withUTF8 { bytes in
            for c in bytes {
                switch c {
                case UInt8(ascii: "&"): out += "&amp;".utf8
                case UInt8(ascii: "<"): out += "&lt;".utf8
                case UInt8(ascii: ">"): out += "&gt;".utf8
                case UInt8(ascii: "\""): out += "&quot;".utf8
                case UInt8(ascii: "'"): out += "&#39;".utf8
                default: out.append(c)
                }
            }
        }
    }
    /// The same as a string.
    static func html(_ s: String) -> String {
        var out: [UInt8] = []
        html(s, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
    /// A string of JSON within a `<script>`: without `<`, no tag and no comment can begin or end in it.
    static func json(_ s: String, to out: inout [UInt8]) {
        var s = s
        out.append(UInt8(ascii: "\""))
        let isPlain = s.withUTF8 { bytes in
            let isPlain = bytes.allSatisfy {
                $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
                    && $0 != UInt8(ascii: "<")
            }
            if isPlain { out += bytes }
            return isPlain
        }
        if !isPlain {
            // No control characters and no separators of lines are left in this.
            for c in Printable.text(s).utf8 {
                switch c {
                case UInt8(ascii: "\""): out += "\\\"".utf8
                case UInt8(ascii: "\\"): out += "\\\\".utf8
                case UInt8(ascii: "<"): out += "\\u003c".utf8
                default: out.append(c)
                }
            }
        }
        out.append(UInt8(ascii: "\""))
    }
    /// `["a","b"]`
    static func json(_ list: [String], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for (i, s) in list.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            json(s, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
    /// `"key":"text"`, with a comma before it unless it is the first.
    static func member(_ key: StaticString, _ value: String, to out: inout [UInt8]) {
        JSONMember.name(key, to: &out)
        json(value, to: &out)
    }
    /// At most `n` characters: both ends where it has more.
    static func short(_ s: String, _ n: Int) -> String {
        guard s.utf8.count > n, s.count > n else { return s }
        return s.prefix(n / 2) + "…" + s.suffix(n / 2 - 1)
    }
    /// A path as a link: no byte of it can be taken for a scheme, a query or markup.
    static func link(_ path: String, to out: inout [UInt8]) {
        for c in path.utf8 {
            switch c {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.append(c)
            default: out += "%\(String(c >> 4, radix: 16))\(String(c & 15, radix: 16))".utf8
            }
        }
    }
}
