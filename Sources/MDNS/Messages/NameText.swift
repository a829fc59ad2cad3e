import Wire

/// The text form of domain names.
enum NameText {
    /// Returns the text of a whole name: its labels with dots between them. The root is `.`.
    static func text(_ expanded: [UInt8]) -> String {
        var out = ""
        var at = 0
        while at < expanded.count, expanded[at] > 0 {
            if at > 0 { out += "." }
            let end = min(at + 1 + Int(expanded[at]), expanded.count)
            out += label(expanded[at + 1..<end])
            at = end
        }
        return out.isEmpty ? "." : out
    }
    /// Returns the text of a name that cannot be followed: its own labels and its pointer. Bytes that are no labels are
    /// shown as one label.
    static func raw(_ bytes: [UInt8]) -> String {
        var parts: [String] = []
        var at = 0
        while at < bytes.count {
            let first = bytes[at]
            if first >> 6 == 3, at + 2 == bytes.count {
                parts.append("@\(Int(first & 0x3f) << 8 | Int(bytes[at + 1]))")
                return parts.joined(separator: ".")
            }
            guard first > 0, first >> 6 == 0, at + 1 + Int(first) <= bytes.count else { break }
            parts.append(label(bytes[at + 1..<at + 1 + Int(first)]))
            at += 1 + Int(first)
        }
        if at < bytes.count { parts.append(label(bytes[at...])) }
        return parts.joined(separator: ".")
    }
    private static func label(_ bytes: ArraySlice<UInt8>) -> String {
        let isText = String(validating: bytes, as: UTF8.self) != nil
        var out: [UInt8] = []
        for (i, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "@") where i == 0: out += [UInt8(ascii: "\\"), byte]
            case 0x21...0x7e: out.append(byte)
            case 0x80... where isText: out.append(byte)
            default:
                let digits = String(byte)
                out += Array(("\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits).utf8)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
    /// Returns the name for a text; nil if it has an empty or too long label, or an escape without a byte.
    static func name(_ text: String) -> DomainName? {
        if text == "." { return DomainName(labels: []) }
        var (wire, label): ([UInt8], [UInt8]) = ([], [])
        var rest = Array(text.utf8)[...]
        func isWhole() -> Bool { !label.isEmpty && label.count <= DomainName.labelLimit }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."):
                guard isWhole() else { return nil }
                wire += [UInt8(label.count)] + label
                label = []
                // A dot at the end stands for the root.
                if rest.isEmpty { return DomainName(bytes: Bytes(wire + [0])) }
            case UInt8(ascii: "\\"):
                guard let next = rest.first else { return nil }
                if 0x30...0x39 ~= next {
                    guard rest.count >= 3, let n = UInt8(String(decoding: rest.prefix(3), as: UTF8.self)) else {
                        return nil
                    }
                    label.append(n)
                    rest = rest.dropFirst(3)
                } else {
                    label.append(rest.removeFirst())
                }
            case UInt8(ascii: "@") where label.isEmpty:
                guard let offset = UInt16(String(decoding: rest, as: UTF8.self)), offset < 1 << 14 else { return nil }
                let pointer: [UInt8] = [0xc0 | UInt8(offset >> 8), UInt8(offset & 255)]
                return DomainName(bytes: Bytes(wire + pointer))
            default: label.append(byte)
            }
        }
        guard isWhole() else { return nil }
        return DomainName(bytes: Bytes(wire + [UInt8(label.count)] + label + [0]))
    }
}
