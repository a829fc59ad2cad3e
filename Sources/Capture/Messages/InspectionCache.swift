import Wire

/// A cache of the inspections of messages whose first bytes decide the result (`Message.decisiveBytes`), so that a
/// message with the same beginning need not be inspected. Votes and blocks are most of the traffic, and nearly all
/// begin alike.
struct InspectionCache {
    private struct Entry {
        var type: ObjectIdentifier?
        var beginning: UInt64 = 0
        var length = 0
        var inspection = Inspection.plain
    }
    /// The number of entries, a power of two.
    private static let places = 256
    private var entries = [Entry](repeating: Entry(), count: Self.places)

    /// Returns the same as `type.inspect(bytes)`.
    @inline(__always)
    mutating func inspection(_ type: any Message.Type, _ bytes: RawSpan) -> Inspection {
        let decisive = type.decisiveBytes
        // The beginning is read as one word. Shorter messages are not worth an entry.
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
