/// A writer of value trees as JSON text (RFC 8259).
///
/// Byte strings are lower-case hexadecimal text, members keep their order, and there is no white space.
public enum ValueJSON {
    /// The way to write numbers that programs with 64-bit floating point numbers would round.
    public enum Integers: Sendable {
        /// Numbers beyond 2^53 in either direction are text: for reports.
        case exactAsText
        /// All numbers are numbers: for the wire.
        case numbers
    }

    /// Appends the text of `value`.
    public static func write(_ value: Value, to out: inout [UInt8], _ integers: Integers = .exactAsText) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let b): out += b ? "true".utf8 : "false".utf8
        case .uint(let n): number(n, isWide: n > 1 << 53 && integers == .exactAsText, &out)
        case .int(let n): number(n, isWide: n.magnitude > 1 << 53 && integers == .exactAsText, &out)
        case .decimal(let s): if JSON.isNumber(s) { out += s.utf8 } else { quote(s, to: &out) }
        case .text(let s): quote(s, to: &out)
        case .bytes(let b):
            out.append(0x22)
            b.hex(to: &out)
            out.append(0x22)
        case .list(let items):
            out.append(0x5b)
            for i in items.indices {
                if i > 0 { out.append(0x2c) }
                write(items[i], to: &out, integers)
            }
            out.append(0x5d)
        case .map(let items):
            out.append(0x7b)
            for i in items.indices {
                if i > 0 { out.append(0x2c) }
                quote(items[i].key, to: &out)
                out.append(0x3a)
                write(items[i].value, to: &out, integers)
            }
            out.append(0x7d)
        }
    }
    /// Appends `s` in quotes, with `"`, `\` and control characters escaped.
    public static func quote(_ s: String, to out: inout [UInt8]) {
        var s = s
        s.withUTF8 { quote(UnsafeRawBufferPointer($0), to: &out) }
    }
    /// Appends UTF-8 in quotes, with escapes.
    static func quote(_ bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        out.append(0x22)
        var rest = bytes[...]
        while !rest.isEmpty {
            // The room is enough for the longest escapes, so that there is one request for many bytes.
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(256))
            rest = rest.dropFirst(part.count)
            out.append(addingCapacity: 6 * part.count) { to in
                to.withUnsafeMutableBufferPointer { room, count in
                    if let p = room.baseAddress { count += escape(part, to: UnsafeMutableRawPointer(p + count)) }
                }
            }
        }
        out.append(0x22)
    }
    /// Writes bytes with their escapes. Returns the number of bytes written, at most six times the number of bytes
    /// given.
    private static func escape(_ bytes: UnsafeRawBufferPointer, to start: UnsafeMutableRawPointer) -> Int {
        var (i, n) = (0, 0)
        while i < bytes.count {
            if bytes.count &- i >= 8 {
                let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                let plain = JSON.plainBytes(word)
                // The bytes after the plain ones are overwritten.
                start.storeBytes(of: word, toByteOffset: n, as: UInt64.self)
                (i, n) = (i &+ plain, n &+ plain)
                if plain == 8 { continue }
            }
            JSON.escape(bytes[i]) {
                start.storeBytes(of: $0, toByteOffset: n, as: UInt8.self)
                n &+= 1
            }
            i &+= 1
        }
        return n
    }
    private static func number(_ n: some BinaryInteger, isWide: Bool, _ out: inout [UInt8]) {
        if isWide { out.append(0x22) }
        out += String(n).utf8
        if isWide { out.append(0x22) }
    }
}

extension Value {
    /// The value as JSON text: byte strings as lower-case hexadecimal text, integers beyond 2^53 as text.
    public var json: String {
        var out: [UInt8] = []
        ValueJSON.write(self, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
