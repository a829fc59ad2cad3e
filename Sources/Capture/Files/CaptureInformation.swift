public import Node

/// A device that captured packets.
public struct CaptureInterface: Hashable, Sendable {
    /// The link type of its packets, that is, the format of their first bytes.
    public var link: LinkType
    /// The maximum number of captured bytes of a packet; 0 if there is no limit.
    public var snapLength: UInt32
    /// The name, such as `eth0`; nil if the file has none.
    public var name: String?
    /// The comments on the device.
    public var comments: [String] = []
    /// The number of packets that the device or the system lost, if the file has it. Packets that only the application
    /// did not receive do not count.
    public var dropped: UInt64?
    /// Creates a device with the properties that classic pcap has.
    public init(link: LinkType, snapLength: UInt32 = 0, name: String? = nil) {
        self.link = link
        self.snapLength = snapLength
        self.name = name
    }
}

/// The contents of a capture file other than packets, up to the current position.
public struct CaptureInformation: Hashable, Sendable {
    /// The maximum number of entries of all kinds that are kept, because a file can claim any number. `omitted` counts
    /// the others.
    public static let limit = 65_536
    /// The maximum number of bytes of text and keys that are kept.
    public static let byteLimit = 16 << 20

    /// The number of sections; 1 for classic pcap.
    public var sections = 0
    /// The devices of all sections, in order.
    public var interfaces: [CaptureInterface] = []
    /// The comments on sections.
    public var comments: [String] = []
    /// The names of addresses (with port 0), in the order of the file.
    public var names: [AddressName] = []
    /// The number of blocks with key logs.
    public var secretsBlocks = 0
    /// The lines of key logs that hold no secret, as `secrets block N:LINE: why`.
    public var complaints: [String] = []
    /// The number of blocks of an unknown type or without usable contents.
    public var unknownBlocks = 0
    /// The number of entries that were left out.
    public var omitted = 0
    private var bytes = 0
    private var entries = 0

    /// A name that a file gives to an address.
    public struct AddressName: Hashable, Sendable {
        public var address: Endpoint
        public var name: String
    }
    public init() {}

    /// Returns true and counts an entry if there is room for it with `count` bytes of text.
    mutating func admits(_ count: Int) -> Bool {
        guard entries < Self.limit, bytes &+ count <= Self.byteLimit else {
            omitted &+= 1
            return false
        }
        entries &+= 1
        bytes &+= count
        return true
    }
}
