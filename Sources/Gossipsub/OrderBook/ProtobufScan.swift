/// A scanner that returns the fields of a serialized protobuf message with their exact bytes, which are needed if bytes
/// are signed or compared.
struct ProtobufScan {
    /// A field: its number, its bytes including the tag, and the bytes of its content if the field has a length.
    struct Field {
        var number: UInt64
        var all: ArraySlice<UInt8>
        var content: ArraySlice<UInt8>?
    }
    /// Returns the fields of a message; nil if the bytes are not a message. Groups are not accepted.
    static func fields(_ message: [UInt8]) -> [Field]? {
        var (out, at): ([Field], Int) = ([], 0)
        func number() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while at < message.count, shift < 70 {
                let byte = message[at]
                at += 1
                if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
                if byte & 0x80 == 0 { return value }
                shift += 7
            }
            return nil
        }
        while at < message.count {
            let start = at
            guard let tag = number() else { return nil }
            var count: UInt64 = 0
            switch tag & 7 {
            case 0: guard number() != nil else { return nil }
            case 1: count = 8
            case 2:
                guard let length = number() else { return nil }
                count = length
            case 5: count = 4
            default: return nil
            }
            guard count <= UInt64(message.count - at) else { return nil }
            let content = message[at..<at + Int(count)]
            at += Int(count)
            out.append(Field(number: tag >> 3, all: message[start..<at], content: tag & 7 == 2 ? content : nil))
        }
        return out
    }
}
