internal import Glibc
public import Node

/// A capture that was written to a file or comes through standard input, read packet by packet: classic pcap of either
/// byte order and precision, pcapng whole, each plain or packed with gzip.
///
/// This is our own reader because libpcap's gives up where captures are most worth having: it refuses a pcapng file
/// whose devices differ in link type or a section that does, drops names, comments and keys, knows no gzip, and reads
/// through stdio at a seventh of the speed. What libpcap does whole, live capture, filters and writing, is left to it.
///
/// A packet that claims more than 262,144 bytes, and more than the snap length, or more than 16 MiB, is damage.
public struct CaptureFile: PacketSource, ~Copyable {
    /// For people: the path, or `standard input`.
    public let name: String
    /// What the file says beside its packets, up to where it was read.
    public var information: CaptureInformation { format.information }
    /// Packets handed out so far.
    public private(set) var count = 0

    private var source: ByteSource
    private var format: Format
    /// The packet that `advance` found.
    private var location = PacketLocation()
    private var ended = false

    /// Opens a file, or standard input for `-`. The keys in it are added to `secrets` as they are read.
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

    /// Goes to the next packet; false at the end.
    public mutating func advance() throws(CaptureError) -> Bool {
        guard !ended else { return false }
        source.skip(location.total)
        location.total = 0
        // Until one is found there is none.
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
    /// When the packet that `advance` found was captured.
    var time: Timestamp { location.time }
    /// The packet that `advance` found. Until then it has no bytes.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let packet = packet(number: count)
        // The bytes stay until `advance` moves the window, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// The same under another number. Lent until `advance` moves the window, which no lifetime guards here.
    @_lifetime(immortal) @inline(__always)
    func packet(number: Int) -> Packet {
        let all = source.bytes
        return Packet(
            number: number, time: location.time, length: location.length, link: location.link,
            interface: location.interface, bytes: all.extracting(location.data),
            options: all.extracting(location.options), isBigEndian: location.isBigEndian)
    }
}
