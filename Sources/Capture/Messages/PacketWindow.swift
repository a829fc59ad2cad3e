internal import Node

/// Packets that are kept until it is known what records they hold, in the order of the capture.
public struct PacketWindow: Sendable {
    /// A packet, and what is to be said of it.
    public struct Kept: Sendable {
        /// Its number in the capture.
        public var number: Int
        /// When it was captured.
        public var time: Timestamp
        /// Bytes on the wire.
        public var length: Int
        /// What its first bytes are.
        public var link: LinkType
        /// Place of its device in the file.
        public var interface: Int
        /// What was captured.
        public var bytes: [UInt8]
        /// What the file says about it, then what was said to `mark`.
        public var comments: [String]
        /// It was marked.
        public var isWanted = false
        var isSettled = false
    }
    /// Bytes of packets that are kept; beyond them the oldest packet counts as settled.
    public static let limit = 64 << 20

    /// In the order of their numbers, each once.
    private var kept: ArraySlice<Kept> = []
    private var bytes = 0
    /// For each connection that waits its packets.
    private var waiting: [Int: [Int]] = [:]
    /// Records with bytes in packets that were no longer kept.
    public private(set) var missed = 0

    /// Nothing kept.
    public init() {}

    /// Keeps the next packet.
    public mutating func add(_ packet: borrowing Packet) {
        let copy = packet.bytes.withUnsafeBytes { [UInt8]($0) }
        bytes += copy.count + 256
        kept.append(
            Kept(
                number: packet.number, time: packet.time, length: packet.length, link: packet.link,
                interface: packet.interface, bytes: copy, comments: packet.comments))
    }
    /// The index of a packet; nil when it is not kept.
    private func index(_ frame: Int) -> Int? {
        guard let first = kept.first, frame >= first.number else { return nil }
        // Where it stands when none is left out before it, which is so but for packets taken from another capture.
        var high = min(kept.endIndex - 1, kept.startIndex + (frame - first.number))
        var low = kept.startIndex
        while low < high, kept[high].number != frame {
            let middle = low + (high - low) / 2
            if kept[middle].number < frame { low = middle + 1 } else { high = middle }
        }
        return kept[high].number == frame ? high : nil
    }
    /// The packets of a record are wanted; its text, if there is one, is said of the last of them.
    public mutating func mark(_ frames: FrameNumbers, _ comment: String? = nil) {
        if index(frames[0]) == nil { missed += 1 }
        for (i, frame) in frames.enumerated() {
            guard let index = index(frame) else { continue }
            kept[index].isWanted = true
            if i == frames.count - 1, let comment { kept[index].comments.append(comment) }
        }
    }
    /// What became of the packet that was added last; as `RecordSink.settled` is told.
    public mutating func settle(flow: Int, waits: Bool) {
        guard let last = kept.last else { return }
        if waits {
            waiting[flow, default: []].append(last.number)
        } else {
            kept[kept.endIndex - 1].isSettled = true
            guard flow > 0 else { return }
            for frame in waiting.removeValue(forKey: flow) ?? [] {
                if let index = index(frame) { kept[index].isSettled = true }
            }
        }
    }
    /// The next packet whose records are all known, or any when `all` are asked for, or one captured before `old`; nil
    /// when there is none.
    public mutating func next(all: Bool = false, before old: Timestamp? = nil) -> Kept? {
        guard let first = kept.first,
            all || first.isSettled || bytes > Self.limit || old.map({ first.time < $0 }) ?? false
        else { return nil }
        // What a slice leaves behind lives on for a while.
        (kept[kept.startIndex].bytes, kept[kept.startIndex].comments) = ([], [])
        kept.removeFirst()
        bytes -= first.bytes.count + 256
        return first
    }
}
