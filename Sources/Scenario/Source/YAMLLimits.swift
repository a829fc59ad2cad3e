/// How large a file may be.
public struct YAMLLimits: Equatable, Sendable {
    /// Bytes of the file.
    public var size: Int
    /// Values, keys, lists and maps.
    public var nodes: Int

    /// Of files that people write.
    public static let written = YAMLLimits(size: 1 << 20, nodes: 10_000)
    /// Of scenarios that were made of a capture, and of other lists that this program writes.
    /// They are there for the machine: each node takes about 0.5 kB until its case is over.
    public static let generated = YAMLLimits(size: 256 << 20, nodes: 12_000_000)
    /// The key at the top of a scenario that says that it was made of a capture (Spec/README.md, Limits).
    static let mark = "recorded:"
    /// The mark stands in as many bytes at the beginning, or it does not count.
    static let head = 64 << 10

    /// Those of a kind of files.
    public init(size: Int, nodes: Int) { (self.size, self.nodes) = (size, nodes) }
    /// Those of a file, by whether `recorded` is a key of its outermost map.
    init(of source: SourceFile) {
        let mark = Array(Self.mark.utf8)
        let isMarked = source.bytes.prefix(Self.head).split(separator: 0x0a).contains { $0.starts(with: mark) }
        self = isMarked ? .generated : .written
    }
}
