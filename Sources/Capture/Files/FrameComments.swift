/// The comments of a capture on its packets, kept until the records of these packets are known.
struct FrameComments {
    /// The maximum number of bytes of text and of packets that are kept. Newer comments replace the oldest.
    static let byteLimit = 1 << 20
    static let frameLimit = 4096

    private var texts: [Int: [String]] = [:]
    /// The numbers of the packets, ascending.
    private var frames: ArraySlice<Int> = []
    private var bytes = 0
    /// True if there are no comments, as in most captures.
    var isEmpty: Bool { texts.isEmpty }

    /// Adds the comments on a packet. Packets must be added in the order of their numbers.
    mutating func add(_ comments: [String], frame: Int) {
        guard !comments.isEmpty else { return }
        texts[frame] = comments
        frames.append(frame)
        bytes += Self.size(comments)
        while bytes > Self.byteLimit || texts.count > Self.frameLimit, let oldest = frames.popFirst() {
            if let old = texts.removeValue(forKey: oldest) { bytes -= Self.size(old) }
        }
    }
    /// Returns the comments on these packets, in order.
    func of(_ numbers: FrameNumbers) -> [String] {
        isEmpty ? [] : numbers.flatMap { texts[$0] ?? [] }
    }
    private static func size(_ comments: [String]) -> Int { comments.reduce(0) { $0 + $1.utf8.count } }
}
