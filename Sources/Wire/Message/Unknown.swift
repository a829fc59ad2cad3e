/// The fields that a message does not describe, verbatim and in order: protobuf fields with their tags, or JSON
/// members.
///
/// Protobuf fields that were read are written at their old place, so that an unchanged message is encoded to the same
/// bytes. In a changed message they are written at a field boundary near that place. All others are written after the
/// known fields.
@frozen public struct Unknown: Hashable, Sendable {
    @frozen @usableFromInline struct Item: Sendable {
        @usableFromInline var bytes: Bytes
        /// The number of bytes from the beginning of the field to the end of the message that it was read from. 0: the
        /// field is written at the end.
        @usableFromInline var fromEnd: UInt32
        @usableFromInline init(_ bytes: Bytes, fromEnd: Int) {
            self.bytes = bytes
            self.fromEnd = UInt32(clamping: fromEnd)
        }
    }
    @usableFromInline var all: [Item] = []
    @inlinable @inline(__always) public init() {}
    /// The bytes of each field. A new field that was not at the same index before is written at the end.
    public var items: [Bytes] {
        get { all.map(\.bytes) }
        set {
            let old = all
            all = newValue.indices.map { i in
                let isOld = i < old.count && old[i].bytes == newValue[i]
                return Item(newValue[i], fromEnd: isOld ? Int(old[i].fromEnd) : 0)
            }
        }
    }
    /// Compares fields in order, regardless of their places between the known fields.
    public static func == (a: Self, b: Self) -> Bool {
        a.all.count == b.all.count && zip(a.all, b.all).allSatisfy { $0.bytes == $1.bytes }
    }
    public func hash(into h: inout Hasher) {
        h.combine(all.count)
        for item in all { h.combine(item.bytes) }
    }
}
