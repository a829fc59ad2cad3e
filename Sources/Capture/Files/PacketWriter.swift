/// A writer of packets in some file format, into memory.
public protocol PacketWriter: Sendable {
    /// Adds a device that captures packets. Returns its number.
    mutating func addInterface(_ device: CaptureInterface) -> UInt32
    /// Adds a packet; `length` is its number of bytes on the wire if it was cut.
    mutating func add(packet: [UInt8], at time: Timestamp, length: Int?, interface: UInt32, comments: [String])
    /// Returns the bytes written since the last call, and removes them.
    mutating func take() -> [UInt8]
    /// Finishes the file. No packets follow.
    mutating func end()
    /// The number of packets that were left out because the format cannot hold them.
    var omitted: Int { get }
}

extension PcapngWriter: PacketWriter {
    /// Does nothing: a pcapng file may end after any packet.
    public mutating func end() {}
    /// Always 0: pcapng can hold all packets.
    public var omitted: Int { 0 }
}

/// A writer of classic pcap, little-endian with nanoseconds. The file has the link type of the first device and no
/// comments.
public struct PcapWriter: PacketWriter {
    private var bytes: [UInt8] = []
    private var links: [LinkType] = []
    public private(set) var omitted = 0
    /// The maximum number of bytes of a packet that readers accept.
    static let snapLength: UInt32 = 262_144

    /// Creates an empty file. If no packet is added, its link type is Ethernet.
    public init() {}
    public mutating func addInterface(_ device: CaptureInterface) -> UInt32 {
        if links.isEmpty { begin(device.link) }
        links.append(device.link)
        return UInt32(links.count - 1)
    }
    private mutating func begin(_ link: LinkType) {
        put(0xa1b2_3c4d as UInt32)
        put(2 as UInt16)
        put(4 as UInt16)
        put(0 as UInt64)
        put(Self.snapLength)
        put(UInt32(link.numberInFiles))
    }
    /// Adds a packet without its comments. Leaves out and counts packets of another link type. Times before 1970 become
    /// 1970.
    public mutating func add(packet: [UInt8], at time: Timestamp, length: Int?, interface: UInt32, comments: [String]) {
        guard Int(interface) < links.count, links[Int(interface)] == links[0] else {
            omitted += 1
            return
        }
        let ticks = UInt64(max(0, time.nanoseconds))
        put(UInt32(truncatingIfNeeded: ticks / 1_000_000_000))
        put(UInt32(truncatingIfNeeded: ticks % 1_000_000_000))
        put(UInt32(clamping: packet.count))
        put(UInt32(clamping: max(packet.count, length ?? 0)))
        bytes += packet
    }
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
    public mutating func end() { if links.isEmpty { _ = addInterface(CaptureInterface(link: .ethernet)) } }
    private mutating func put(_ n: some FixedWidthInteger) { withUnsafeBytes(of: n.littleEndian) { bytes += $0 } }
}
