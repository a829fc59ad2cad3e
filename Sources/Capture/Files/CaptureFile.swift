internal import Glibc
public import Node

/// A reader of a capture file or of standard input, packet by packet. It reads classic pcap of either byte order and
/// precision and the complete pcapng format, each plain or compressed with gzip.
///
/// This is our own reader because libpcap's fails on the captures that matter most. libpcap refuses a pcapng file whose
/// devices differ in link type, or that has a section with another one. It drops names, comments and keys, knows no
/// gzip, and reads through stdio at a seventh of the speed. libpcap still does live capture, filters and writing.
///
/// A packet is damaged if it claims more than 262,144 bytes and more than the snap length, or more than 16 MiB.
public struct CaptureFile: PacketSource, ~Copyable {
    /// The path, or `standard input`, for messages to the user.
    public let name: String
    /// The contents of the file other than packets, up to the current position.
    public var information: CaptureInformation { format.information }
    /// The number of packets returned so far.
    public private(set) var count = 0

    private var source: ByteSource
    private var format: Format
    /// The location of the packet that `advance` found.
    private var location = PacketLocation()
    private var ended = false

    /// Opens a file, or standard input for `-`. Adds the keys in it to `secrets` as it reads them.
    public init(_ path: String, secrets: Secrets? = nil) throws(CaptureError) {
        name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw .noSuchFile(name)
            case EACCES, EPERM: throw .noPermission(name)
            case let code: throw .unreadable(name, String(cString: strerror(code)))
            }
        }
        var source = ByteSource(descriptor)
        format = try Format.read(&source, name)
        format.secrets = secrets
        self.source = source
    }

    /// Moves to the next packet. Returns false at the end.
    public mutating func advance() throws(CaptureError) -> Bool {
        guard !ended else { return false }
        source.skip(location.total)
        location.total = 0
        // There is no packet until one is found.
        ended = true
        (location.data, location.options) = (0..<0, 0..<0)
        let isThere =
            try format.isPcapng
            ? format.nextOfSection(&source, count, &location) : format.next(&source, count, &location)
        guard isThere else { return false }
        ended = false
        count &+= 1
        return true
    }
    /// The capture time of the packet that `advance` found.
    var time: Timestamp { location.time }
    /// Returns the packet that `advance` found. Before the first call of `advance` the packet has no bytes.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let packet = packet(number: count)
        // The bytes stay in place until `advance` moves the window, and `advance` takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// Returns the same packet with another number. It is valid until `advance` moves the window; no lifetime enforces
    /// this.
    @_lifetime(immortal) @inline(__always)
    func packet(number: Int) -> Packet {
        let all = source.bytes
        return Packet(
            number: number, time: location.time, length: location.length, link: location.link,
            interface: location.interface, bytes: all.extracting(location.data),
            options: all.extracting(location.options), isBigEndian: location.isBigEndian)
    }
}
