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
    /// True when the file is pcapng.
    public var isPcapng: Bool { format.isPcapng }

    private var source: ByteSource
    private var format: Format
    /// The packet that `advance` found.
    private var place = PacketLocation()
    private var ended = false

    /// Opens a file, or standard input for `-`.
    public init(_ path: String) throws(CaptureError) {
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
        self.source = source
    }

    /// Keys that came so far.
    public var secretCount: Int { format.secrets.count }
    /// Keys by their number.
    public func secrets(_ number: Int) -> Secrets { format.secrets[number] }

    /// Goes to the next packet; false at the end.
    public mutating func advance() throws(CaptureError) -> Bool {
        guard !ended else { return false }
        source.skip(place.total)
        place.total = 0
        let isThere: Bool
        do throws(CaptureError) {
            isThere =
                try format.isPcapng
                ? format.nextOfSection(&source, count, &place) : format.next(&source, count, &place)
        } catch {
            end()
            throw error
        }
        if isThere {
            count &+= 1
        } else {
            end()
        }
        return isThere
    }
    private mutating func end() {
        ended = true
        (place.data, place.options) = (0..<0, 0..<0)
    }
    /// When the packet that `advance` found was captured.
    var time: Timestamp { place.time }
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
            number: number, time: place.time, length: place.length, link: place.link,
            interface: place.interface, bytes: all.extracting(place.data),
            options: all.extracting(place.options), isBigEndian: place.isBigEndian)
    }
}
