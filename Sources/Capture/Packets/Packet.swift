/// One packet of a capture, with its bytes in place. It cannot outlive the call that returned it.
public struct Packet: ~Escapable {
    /// The number, counted from 1, as other tools count frames.
    public let number: Int
    /// The time of its capture.
    public let time: Timestamp
    /// The number of bytes on the wire. Fewer may have been captured (snap length).
    public let length: Int
    /// The link type, which is the format of its first bytes.
    public let link: LinkType
    /// The index of its device in `CaptureInformation.interfaces` of the file; 0 for classic pcap and live captures.
    public let interface: Int
    /// The captured bytes.
    public let bytes: RawSpan
    /// The options of a pcapng packet, in the byte order of their section.
    let options: RawSpan
    let isBigEndian: Bool

    /// Creates a packet with bytes stored elsewhere. `length` is raised to the number of bytes if it is less.
    @_lifetime(copy bytes)
    public init(number: Int, time: Timestamp, length: Int, link: LinkType, interface: Int = 0, bytes: RawSpan) {
        self.init(
            number: number, time: time, length: length, link: link, interface: interface, bytes: bytes,
            options: bytes.extracting(0..<0), isBigEndian: false)
    }
    @_lifetime(copy bytes, copy options)
    init(
        number: Int, time: Timestamp, length: Int, link: LinkType, interface: Int, bytes: RawSpan, options: RawSpan,
        isBigEndian: Bool
    ) {
        self.number = number
        self.time = time
        // A packet cannot have been shorter than its captured bytes.
        self.length = max(length, bytes.byteCount)
        self.link = link
        self.interface = interface
        self.bytes = bytes
        self.options = options
        self.isBigEndian = isBigEndian
    }

    /// True if the file has options for it.
    var hasOptions: Bool { options.byteCount > 0 }
    /// Its number in the capture from which it was extracted, if the file has it.
    var originalNumber: Int? { hasOptions ? comments.lazy.compactMap { OriginalFrame.number(in: $0) }.first : nil }
    /// The comments of people or programs in the file. This text comes from outside and may contain anything.
    public var comments: [String] {
        var out: [String] = []
        PcapngOption.each(options, isBigEndian) { code, value in
            if code == PcapngOption.comment { out.append(PcapngOption.text(value)) }
        }
        return out
    }
}
