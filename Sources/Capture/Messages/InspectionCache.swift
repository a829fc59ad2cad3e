import Wire

/// What was said of messages of which the first bytes decide (`Message.decisiveBytes`), so that the next one which
/// begins alike need not be read: votes and blocks are most of the traffic, and nearly all begin alike.
struct InspectionCache {
    private struct Entry {
        var type: ObjectIdentifier?
        var beginning: UInt64 = 0
        var length = 0
        var inspection = Inspection.plain
    }
    /// A power of two.
    private static let places = 256
    private var entries = [Entry](repeating: Entry(), count: Self.places)

    /// The same as `type.inspect(bytes)`.
    @inline(__always)
    mutating func inspection(_ type: any Message.Type, _ bytes: RawSpan) -> Inspection {
        let decisive = type.decisiveBytes
        // Read as a word: short messages are not worth remembering.
        guard decisive > 0, decisive <= 8, bytes.byteCount >= 8 else { return type.inspect(bytes) }
        let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self)
        let beginning = UInt64(littleEndian: word) << UInt64(truncatingIfNeeded: 64 &- 8 &* decisive)
        let id = ObjectIdentifier(type)
        let mixed = (beginning ^ UInt64(UInt(bitPattern: id))) &* 0x9e37_79b9_7f4a_7c15
        let place = Int(truncatingIfNeeded: mixed >> 56)
        let known = entries[place]
        if known.type == id, known.beginning == beginning, known.length == bytes.byteCount { return known.inspection }
        let inspection = type.inspect(bytes)
        entries[place] = Entry(type: id, beginning: beginning, length: bytes.byteCount, inspection: inspection)
        return inspection
    }
}
