/// One packet of a capture, with the bytes where they lie. Cannot outlive the call that handed it out.
public struct Packet: ~Escapable {
    /// Counted from 1, as other tools count frames.
    public let number: Int
    /// When it was captured.
    public let time: Timestamp
    /// Bytes that were on the wire; those captured may be fewer (snap length).
    public let length: Int
    /// What its first bytes are.
    public let link: LinkType
    /// Place of its device in `CaptureInformation.interfaces` of the file; 0 for classic pcap and live captures.
    public let interface: Int
    /// What was captured.
    public let bytes: RawSpan
    /// What pcapng says about it: options in the byte order of their section.
    let options: RawSpan
    let isBigEndian: Bool

    /// A packet whose bytes lie elsewhere; `length` is raised to the number of bytes if it is less.
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
        // A packet cannot have been shorter than what was captured of it.
        self.length = max(length, bytes.byteCount)
        self.link = link
        self.interface = interface
        self.bytes = bytes
        self.options = options
        self.isBigEndian = isBigEndian
    }

    /// Whether the file says anything of it.
    var hasOptions: Bool { options.byteCount > 0 }
    /// Its number in the capture that it was taken from, where the file says so.
    var originalNumber: Int? { hasOptions ? comments.lazy.compactMap { OriginalFrame.number(in: $0) }.first : nil }
    /// What people or programs noted about it in the file; text from outside, with whatever is in it.
    public var comments: [String] {
        var out: [String] = []
        PcapngOption.each(options, isBigEndian) { code, value in
            if code == PcapngOption.comment { out.append(PcapngOption.text(value)) }
        }
        return out
    }
}
