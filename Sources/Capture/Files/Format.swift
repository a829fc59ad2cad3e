import Node

/// The format of a capture file, as its beginning declares it.
///
/// Classic pcap has a header of 24 bytes, then packets with a header of 16 bytes each. `FormatPcapng.swift` reads
/// pcapng.
struct Format {
    /// The number of bytes above which a packet is damaged, unless the snap length is larger.
    static let packetLimit = 262_144
    /// The largest packet, in bytes. A larger snap length does not raise the limit above it.
    static let largestPacket = 16 << 20

    var isPcapng = false
    var isBigEndian = false
    var information = CaptureInformation()

    /// The store for the keys of a pcapng file.
    var secrets: Secrets?

    // Properties of classic pcap.
    private var link = LinkType.null
    private var isNano = false
    /// The number of bytes of a packet's header: 24 in the files of one patched libpcap, else 16.
    private var headerCount = 16
    /// The order of the two lengths, which differs in very old files.
    private var lengths = Lengths.capturedFirst
    private var limit = Self.packetLimit
    private enum Lengths { case capturedFirst, swapped, smallerCaptured }

    // Pcapng: the devices of the section.
    var devices: [FormatDevice] = []
    /// The index in `information.interfaces` of the first device of this section.
    var firstInterface = 0

    /// Reads the header of a file.
    static func read(_ source: inout ByteSource, _ name: String) throws(CaptureError) -> Format {
        guard source.fill(4) else {
            if let why = source.trouble { throw source.isDirectory ? .isDirectory(name) : .unreadable(name, why) }
            throw source.count == 0 ? .empty(name) : .truncatedFileHeader(name)
        }
        var format = Format()
        let magic = source.bytes.big32(0)
        if magic == PcapngBlock.section {
            format.isPcapng = true
            try format.beginSection(&source, name)
            return format
        }
        switch magic {
        case 0xa1b2_c3d4: format.isBigEndian = true
        case 0xd4c3_b2a1: break
        case 0xa1b2_3c4d: (format.isBigEndian, format.isNano) = (true, true)
        case 0x4d3c_b2a1: format.isNano = true
        case 0xa1b2_cd34: (format.isBigEndian, format.headerCount) = (true, 24)
        case 0x34cd_b2a1: format.headerCount = 24
        default: throw .notACapture(name)
        }
        guard source.fill(24) else {
            if let why = source.trouble { throw .unreadable(name, why) }
            throw .truncatedFileHeader(name)
        }
        let head = source.bytes
        let order = format.isBigEndian
        let (major, minor) = (head.u16(4, order), head.u16(6, order))
        switch (major, minor) {
        case (2, 4): break
        case (2, 3): format.lengths = .smallerCaptured
        case (2, ..<3), (543, 0): format.lengths = .swapped
        default: throw .unreadable(name, "is pcap of the unknown version \(major).\(minor)")
        }
        let snap = head.u32(16, order)
        // The upper bits describe the frame check sequence, which the lengths of the upper layers exclude.
        format.link = LinkType(numberInFiles: head.u32(20, order) & 0x03ff_ffff)
        guard LinkType.supported.contains(format.link) else { throw .unsupportedLinkType(format.link) }
        format.limit = Self.limit(snap)
        format.information.sections = 1
        format.information.interfaces = [CaptureInterface(link: format.link, snapLength: snap)]
        source.skip(24)
        return format
    }
    /// Returns the maximum number of bytes of a packet.
    static func limit(_ snap: UInt32) -> Int {
        min(max(packetLimit, Int(clamping: snap)), largestPacket)
    }

    /// Reads the next packet of a classic file. Returns false at the end.
    @inline(__always)
    func next(_ source: inout ByteSource, _ count: Int, _ place: inout PacketLocation) throws(CaptureError) -> Bool {
        guard source.fill(headerCount) else {
            if source.isAtEnd { return false }
            throw source.error(packets: count, .truncatedInHeader(packets: count))
        }
        let head = source.bytes
        let order = isBigEndian
        var captured = Int(head.u32(8, order))
        var length = Int(head.u32(12, order))
        if lengths == .swapped || lengths == .smallerCaptured && captured > length { swap(&captured, &length) }
        guard captured <= limit else {
            throw .damaged(packets: count, "a packet of \(captured) bytes, of at most \(limit)")
        }
        let fraction = Int64(head.u32(4, order))
        place.time = Timestamp(
            seconds: Int64(head.u32(0, order)), nanoseconds: isNano ? fraction : fraction &* 1000)
        guard source.fill(headerCount &+ captured) else {
            throw source.error(packets: count, .truncatedInData(packets: count))
        }
        place.length = length
        place.link = link
        place.data = headerCount..<headerCount &+ captured
        place.total = headerCount &+ captured
        return true
    }
}

extension ByteSource {
    /// True if reading failed because the path is a directory.
    var isDirectory: Bool { failure == 21 }
    /// True if all bytes were read without an error.
    var isAtEnd: Bool { count == 0 && trouble == nil }
    /// Returns the error for bytes that are missing after `packets` complete packets: the read error, or else
    /// `truncated`.
    func error(packets: Int, _ truncated: CaptureError) -> CaptureError {
        trouble.map { .damaged(packets: packets, $0) } ?? truncated
    }
}
