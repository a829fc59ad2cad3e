/// Writes packets as a file of some form, into memory.
public protocol PacketWriter: Sendable {
    /// A device that packets come from; returns its number.
    mutating func addInterface(_ device: CaptureInterface) -> UInt32
    /// A packet; `length` is what it had on the wire, where it was cut.
    mutating func add(packet: [UInt8], at time: Timestamp, length: Int?, interface: UInt32, comments: [String])
    /// Takes what was written since it was last called.
    mutating func take() -> [UInt8]
    /// No more packets come.
    mutating func end()
    /// Packets that the form has no room for, which were left out.
    var omitted: Int { get }
}

extension PcapngWriter: PacketWriter {
    /// Nothing: it may end behind any packet.
    public mutating func end() {}
    /// None: it has room for all.
    public var omitted: Int { 0 }
}

/// Writes a capture as classic pcap, little-endian with nanoseconds. It has one link type, that of the first device,
/// and no comments.
public struct PcapWriter: PacketWriter {
    private var bytes: [UInt8] = []
    private var links: [LinkType] = []
    public private(set) var omitted = 0
    /// Bytes of a packet that readers take.
    static let snapLength: UInt32 = 262_144

    /// An empty file. Without a packet its link type is that of Ethernet.
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
    /// Comments are left out, as are packets of another link type, which are counted. Times before 1970 become 1970.
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
