internal import Wire

/// Members of JSON objects, written straight into a buffer: a run of 100,000 cases has no time for a tree of each.
enum JSONMember {
    /// `,"key":"text"`, with what would do something to a terminal escaped.
    static func text(_ key: StaticString, _ value: String, to out: inout [UInt8]) {
        name(key, to: &out)
        string(value, to: &out)
    }
    /// `,"key":7`
    static func number(_ key: StaticString, _ value: Int, to out: inout [UInt8]) {
        name(key, to: &out)
        out += String(value).utf8
    }
    /// `,"key":["a","b"]`
    static func texts(_ key: StaticString, _ values: [String], to out: inout [UInt8]) {
        name(key, to: &out)
        list(values, to: &out)
    }
    /// `,"key":`, for a value that follows; without the comma behind an opening bracket.
    static func name(_ key: StaticString, to out: inout [UInt8]) {
        if let last = out.last, last != 0x7b, last != 0x0a { out.append(0x2c) }
        out.append(0x22)
        key.withUTF8Buffer { out += $0 }
        out.append(0x22)
        out.append(0x3a)
    }
    /// `["a","b"]`
    static func list(_ values: [String], to out: inout [UInt8]) {
        out.append(0x5b)
        for (i, v) in values.enumerated() {
            if i > 0 { out.append(0x2c) }
            string(v, to: &out)
        }
        out.append(0x5d)
    }
    /// `"text"`: as it is where all is plain ASCII.
    static func string(_ value: String, to out: inout [UInt8]) {
        var value = value
        let isPlain = value.withUTF8 { p in p.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c } }
        if isPlain {
            out.append(0x22)
            out += value.utf8
            out.append(0x22)
        } else {
            let start = out.count
            ValueJSON.quote(value, to: &out)
            Escape.json(&out, from: start)
        }
    }
}
