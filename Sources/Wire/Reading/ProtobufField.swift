/// A field of a protobuf message as it is encoded, regardless of the message's description.
public struct ProtobufField: Hashable, Sendable {
    /// The field number, from 1 up.
    public var number: UInt32
    /// The wire type: 0 varint, 1 eight bytes, 2 length-delimited, 3 group, 5 four bytes.
    public var wireType: UInt32
    /// The range of the whole field, with its tag.
    public var range: Range<Int>
    /// The range of the content: for a length-delimited field the bytes after the length, otherwise those after the
    /// tag.
    public var content: Range<Int>

    /// Reads the field that begins at an offset. Nil if none begins there, or if some of its bytes are missing.
    @inline(__always)
    public init?(at start: Int, in bytes: RawSpan) {
        var at = start
        guard start >= 0, let tag = Self.varint(bytes, &at), tag >> 3 != 0, tag <= UInt64(UInt32.max) else {
            return nil
        }
        (number, wireType) = (UInt32(tag >> 3), UInt32(tag & 7))
        var from = at
        switch wireType {
        case 0: guard Self.varint(bytes, &at) != nil else { return nil }
        case 1: guard Self.skip(8, bytes, &at) else { return nil }
        case 2:
            guard let count = Self.varint(bytes, &at) else { return nil }
            from = at
            guard Self.skip(count, bytes, &at) else { return nil }
        case 3: guard Self.skipGroup(number, bytes, &at) else { return nil }
        case 5: guard Self.skip(4, bytes, &at) else { return nil }
        default: return nil
        }
        (range, content) = (start..<at, from..<at)
    }
    /// Returns the content of the only field of a number. Nil if there is none or several, or if it is not
    /// length-delimited.
    @usableFromInline static func content(of number: UInt32, in bytes: RawSpan) -> Range<Int>? {
        var found: Range<Int>?
        var at = 0
        while let field = ProtobufField(at: at, in: bytes) {
            at = field.range.upperBound
            guard field.number == number else { continue }
            guard found == nil, field.wireType == 2 else { return nil }
            found = field.content
        }
        return found
    }
    /// Skips a group in one loop, regardless of how deeply groups are nested.
    private static func skipGroup(_ number: UInt32, _ bytes: RawSpan, _ at: inout Int) -> Bool {
        var open = [number]
        while let last = open.last {
            guard let tag = varint(bytes, &at), tag >> 3 != 0, tag <= UInt64(UInt32.max) else { return false }
            switch tag & 7 {
            case 0: guard varint(bytes, &at) != nil else { return false }
            case 1: guard skip(8, bytes, &at) else { return false }
            case 2: guard let count = varint(bytes, &at), skip(count, bytes, &at) else { return false }
            case 3: open.append(UInt32(tag >> 3))
            case 4:
                guard tag >> 3 == UInt64(last) else { return false }
                open.removeLast()
            case 5: guard skip(4, bytes, &at) else { return false }
            default: return false
            }
        }
        return true
    }
    private static func skip(_ count: UInt64, _ bytes: RawSpan, _ at: inout Int) -> Bool {
        guard count <= UInt64(bytes.byteCount - at) else { return false }
        at += Int(count)
        return true
    }
    /// Reads a varint. Nearly all take one byte.
    @inline(__always)
    private static func varint(_ bytes: RawSpan, _ at: inout Int) -> UInt64? {
        if at < bytes.byteCount {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            if byte < 128 {
                at += 1
                return UInt64(byte)
            }
        }
        return longVarint(bytes, &at)
    }
    private static func longVarint(_ bytes: RawSpan, _ at: inout Int) -> UInt64? {
        var n: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard at < bytes.byteCount else { return nil }
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            at += 1
            // The tenth byte holds one bit.
            if shift == 63, byte > 1 { return nil }
            n |= UInt64(byte & 127) << shift
            if byte < 128 { return n }
        }
        return nil
    }
}
