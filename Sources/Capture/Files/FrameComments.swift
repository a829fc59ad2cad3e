/// What a capture says of its packets, kept until the records that are made of them are known.
struct FrameComments {
    /// Bytes of text that are kept, and packets; the oldest go for newer ones.
    static let byteLimit = 1 << 20
    static let frameLimit = 4096

    private var texts: [Int: [String]] = [:]
    /// Numbers of packets, ascending.
    private var frames: ArraySlice<Int> = []
    private var bytes = 0
    /// Nothing is kept, as of most captures.
    var isEmpty: Bool { texts.isEmpty }

    /// Packets come in the order of their numbers.
    mutating func add(_ comments: [String], frame: Int) {
        guard !comments.isEmpty else { return }
        texts[frame] = comments
        frames.append(frame)
        bytes += Self.size(comments)
        while bytes > Self.byteLimit || texts.count > Self.frameLimit, let oldest = frames.popFirst() {
            if let old = texts.removeValue(forKey: oldest) { bytes -= Self.size(old) }
        }
    }
    /// What is said of these packets, in their order.
    func of(_ numbers: FrameNumbers) -> [String] {
        isEmpty ? [] : numbers.flatMap { texts[$0] ?? [] }
    }
    private static func size(_ comments: [String]) -> Int { comments.reduce(0) { $0 + $1.utf8.count } }
}
