internal import Node

/// The packets that are kept, in the order of the capture, until all records in them are known.
public struct PacketWindow: Sendable {
    /// A packet with its comments.
    public struct Kept: Sendable {
        /// Its number in the capture.
        public var number: Int
        /// The time of its capture.
        public var time: Timestamp
        /// The number of bytes on the wire.
        public var length: Int
        /// The link type, which is the format of its first bytes.
        public var link: LinkType
        /// The index of its device in the file.
        public var interface: Int
        /// The captured bytes.
        public var bytes: [UInt8]
        /// The comments in the file, then the comments given to `mark`.
        public var comments: [String]
        /// True if it was marked.
        public var isWanted = false
        var isSettled = false
    }
    /// The maximum number of bytes of packets that are kept. Above it, the oldest packet counts as settled.
    public static let limit = 64 << 20

    /// The packets in the order of their numbers, without repetition.
    private var kept: ArraySlice<Kept> = []
    private var bytes = 0
    /// The packets of each connection that waits for more packets.
    private var waiting: [Int: [Int]] = [:]
    /// The number of records with bytes in packets that were no longer kept.
    public private(set) var missed = 0

    /// Creates an empty window.
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
    /// Returns the index of a packet; nil if it is not kept.
    private func index(_ frame: Int) -> Int? {
        guard let first = kept.first, frame >= first.number else { return nil }
        // This is its index if no packet before it is left out. Only packets extracted from another capture have gaps.
        var high = min(kept.endIndex - 1, kept.startIndex + (frame - first.number))
        var low = kept.startIndex
        while low < high, kept[high].number != frame {
            let middle = low + (high - low) / 2
            if kept[middle].number < frame { low = middle + 1 } else { high = middle }
        }
        return kept[high].number == frame ? high : nil
    }
    /// Marks the packets of a record. Adds the comment, if there is one, to the last of them.
    public mutating func mark(_ frames: FrameNumbers, _ comment: String? = nil) {
        if index(frames[0]) == nil { missed += 1 }
        for (i, frame) in frames.enumerated() {
            guard let index = index(frame) else { continue }
            kept[index].isWanted = true
            if i == frames.count - 1, let comment { kept[index].comments.append(comment) }
        }
    }
    /// Notes the state of the packet that was added last, with the arguments of `RecordSink.settled`.
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
    /// Returns the next packet whose records are all known, or any packet if `all`, or one captured before `old`; nil
    /// if there is none.
    public mutating func next(all: Bool = false, before old: Timestamp? = nil) -> Kept? {
        guard let first = kept.first,
            all || first.isSettled || bytes > Self.limit || old.map({ first.time < $0 }) ?? false
        else { return nil }
        // A slice keeps removed elements alive for a while, so this frees their memory.
        (kept[kept.startIndex].bytes, kept[kept.startIndex].comments) = ([], [])
        kept.removeFirst()
        bytes -= first.bytes.count + 256
        return first
    }
}
