public import Node

/// A device that packets of a capture came from.
public struct CaptureInterface: Hashable, Sendable {
    /// What the first bytes of its packets are.
    public var link: LinkType
    /// Bytes of a packet that were captured at most; 0 for all.
    public var snapLength: UInt32
    /// Such as `eth0`; nil when the file does not say.
    public var name: String?
    /// What the file says about it.
    public var comments: [String] = []
    /// Packets that the device or the system lost, when the file says: those the application did not get are not lost.
    public var dropped: UInt64?
    /// A device as far as classic pcap knows one.
    public init(link: LinkType, snapLength: UInt32 = 0, name: String? = nil) {
        self.link = link
        self.snapLength = snapLength
        self.name = name
    }
}

/// What a capture file says beside its packets, as far as it was read.
public struct CaptureInformation: Hashable, Sendable {
    /// Entries of all kinds that are kept; a file can claim any number. `omitted` counts the others.
    public static let limit = 65_536
    /// Bytes of text and keys that are kept.
    public static let byteLimit = 16 << 20

    /// Sections: 1 for classic pcap.
    public var sections = 0
    /// Devices of all sections, in their order.
    public var interfaces: [CaptureInterface] = []
    /// Comments on sections.
    public var comments: [String] = []
    /// Names of addresses (ports are 0), in the order of the file.
    public var names: [AddressName] = []
    /// Key logs among its blocks.
    public var secretsBlocks = 0
    /// Lines of those that are no secrets, `secrets block N:LINE: why`.
    public var complaints: [String] = []
    /// Blocks that are of no known type, or of one that says nothing here.
    public var unknownBlocks = 0
    /// Entries that were left out.
    public var omitted = 0
    private var bytes = 0
    private var entries = 0

    /// A name that a file gives an address.
    public struct AddressName: Hashable, Sendable {
        /// The address, with port 0.
        public var address: Endpoint
        /// One of its names.
        public var name: String
    }
    public init() {}

    /// True when there is room for another entry with so many bytes of text; it is counted.
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
