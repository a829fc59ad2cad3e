/// What a message does not know, verbatim and in order: protobuf fields with their tags, or JSON members.
///
/// Protobuf fields that were read are written where they stood, so that a message that nobody changed becomes the same
/// bytes. In one that was changed they stand at a boundary of fields near there. All others follow what is known.
@frozen public struct Unknown: Hashable, Sendable {
    @frozen @usableFromInline struct Item: Sendable {
        @usableFromInline var bytes: Bytes
        /// Bytes from its beginning to the end of the message that it was read from; 0: it stands at the end.
        @usableFromInline var fromEnd: UInt32
        @usableFromInline init(_ bytes: Bytes, fromEnd: Int) {
            self.bytes = bytes
            self.fromEnd = UInt32(clamping: fromEnd)
        }
    }
    @usableFromInline var all: [Item] = []
    @inlinable @inline(__always) public init() {}
    /// One for each field. What is set here and was not there at the same place before goes to the end.
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
    /// Equal fields in the same order, wherever they stood between the known ones.
    public static func == (a: Self, b: Self) -> Bool {
        a.all.count == b.all.count && zip(a.all, b.all).allSatisfy { $0.bytes == $1.bytes }
    }
    /// As `==` compares.
    public func hash(into h: inout Hasher) {
        h.combine(all.count)
        for item in all { h.combine(item.bytes) }
    }
}
