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

    private var kept: [Kept] = []
    private var head = 0
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
    /// The packets of a record are wanted; its text is said of the last of them.
    public mutating func mark(_ frames: FrameNumbers, _ comment: String) {
        guard head < kept.count else { return missed += 1 }
        let first = kept[head].number
        for (i, frame) in frames.enumerated() {
            guard frame >= first, frame - first + head < kept.count else {
                if i == 0 { missed += 1 }
                continue
            }
            kept[frame - first + head].isWanted = true
            if i == frames.count - 1 { kept[frame - first + head].comments.append(comment) }
        }
    }
    /// What became of the packet that was added last; as `RecordSink.settled` is told.
    public mutating func settle(flow: Int, waits: Bool) {
        guard let last = kept.last else { return }
        if waits {
            waiting[flow, default: []].append(last.number)
        } else {
            kept[kept.count - 1].isSettled = true
            let first = kept[head].number
            guard flow > 0 else { return }
            for frame in waiting.removeValue(forKey: flow) ?? [] where frame >= first {
                kept[frame - first + head].isSettled = true
            }
        }
    }
    /// The next packet whose records are all known, or any when `all` are asked for, or one captured before `old`; nil
    /// when there is none.
    public mutating func next(all: Bool = false, before old: Timestamp? = nil) -> Kept? {
        guard head < kept.count,
            all || kept[head].isSettled || bytes > Self.limit || old.map({ kept[head].time < $0 }) ?? false
        else { return nil }
        let out = kept[head]
        kept[head].bytes = []
        kept[head].comments = []
        head += 1
        bytes -= out.bytes.count + 256
        if head == kept.count || head > 4096 && head * 2 > kept.count {
            kept.removeFirst(head)
            head = 0
        }
        return out
    }
}
