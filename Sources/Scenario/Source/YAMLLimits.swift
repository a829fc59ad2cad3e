/// The limits for the size of a file.
public struct YAMLLimits: Equatable, Sendable {
    /// The maximum size of the file in bytes.
    public var size: Int
    /// The maximum number of values, keys, lists and maps.
    public var nodes: Int

    /// The limits for files that people write.
    public static let written = YAMLLimits(size: 1 << 20, nodes: 10_000)
    /// The limits for scenarios that were recorded from a capture, and for other lists that this program writes. They
    /// protect the machine: each node takes about 0.5 kB until its case is over.
    public static let generated = YAMLLimits(size: 256 << 20, nodes: 12_000_000)
    /// The key at the top of a scenario that marks it as recorded from a capture (Spec/language.md, Limits).
    static let mark = "recorded:"
    /// The number of bytes at the beginning of a file within which `mark` counts.
    static let head = 64 << 10

    public init(size: Int, nodes: Int) { (self.size, self.nodes) = (size, nodes) }
    /// Chooses the limits for a file, by whether `recorded` is a key of its outermost map.
    init(of source: SourceFile) {
        let mark = Array(Self.mark.utf8)
        let isMarked = source.bytes.prefix(Self.head).split(separator: 0x0a).contains { $0.starts(with: mark) }
        self = isMarked ? .generated : .written
    }
}
