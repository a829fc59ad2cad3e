public import Node

/// A writer of pcapng (draft-ietf-opsawg-pcapng) into memory: little-endian, nanoseconds, one section.
///
/// Text is UTF-8 and written without changes: the caller must escape what may harm a terminal. A text of more than
/// 65,535 bytes is cut between two characters and ends with an ellipsis.
public struct PcapngWriter: Sendable {
    /// The bytes written and not taken so far. If none were taken, they are a complete file at any time.
    public private(set) var bytes: [UInt8] = []
    private var interfaces: UInt32 = 0

    /// The maximum number of bytes of an option's value or of a name record.
    public static let maximumOption = 65_535

    /// Creates a file with its section header, which has the program's name and comments on the whole file.
    public init(application: String, comments: [String] = []) {
        var body: [UInt8] = []
        Self.put(0x1a2b_3c4d as UInt32, &body)
        Self.put(1 as UInt16, &body)
        Self.put(0 as UInt16, &body)
        // The length of the section is not known.
        Self.put(UInt64.max, &body)
        var options = comments.map { (PcapngOption.comment, Self.text($0)) }
        options.append((PcapngOption.application, Self.text(application)))
        Self.put(options, &body)
        append(PcapngBlock.section, body)
    }
    /// Returns the bytes written since the last call, and removes them, so that a long file need not stay in memory.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
    /// Adds a device that captures packets. Returns its number. The first packet must follow a device.
    @discardableResult
    public mutating func addInterface(_ link: LinkType, name: String? = nil) -> UInt32 {
        addInterface(CaptureInterface(link: link, name: name))
    }
    /// Adds a device with all its properties except the number of lost packets, which belongs to a whole capture.
    @discardableResult
    public mutating func addInterface(_ device: CaptureInterface) -> UInt32 {
        var body: [UInt8] = []
        Self.put(device.link.numberInFiles, &body)
        Self.put(0 as UInt16, &body)
        // Zero: packets of any length.
        Self.put(device.snapLength, &body)
        var options = device.comments.map { (PcapngOption.comment, Self.text($0)) }
        if let name = device.name { options.append((PcapngOption.interfaceName, Self.text(name))) }
        // The resolution is 10^-9 seconds.
        options.append((PcapngOption.resolution, [9]))
        Self.put(options, &body)
        append(PcapngBlock.interface, body)
        defer { interfaces += 1 }
        return interfaces
    }
    /// Adds names for addresses, which tools show instead of the addresses. Ports are ignored. An address may have
    /// several names.
    public mutating func add(names: [(address: Endpoint, name: String)]) {
        guard !names.isEmpty else { return }
        var body: [UInt8] = []
        for n in names {
            let v4 = n.address.v4
            let address = v4.map { [$0 >> 24, $0 >> 16, $0 >> 8, $0].map { UInt8(truncatingIfNeeded: $0) } }
            // A name ends with a zero byte.
            let name = Self.text(n.name, limit: Self.maximumOption - 17).filter { $0 != 0 } + [0]
            Self.put(v4 == nil ? 2 : 1 as UInt16, &body)
            Self.put(value: (address ?? n.address.address) + name, &body)
        }
        Self.put(0 as UInt32, &body)
        append(PcapngBlock.names, body)
    }
    /// Adds the keys of connections: one block for TLS and one for Noise. They must precede the packets that need them.
    public mutating func add(_ secrets: Secrets) {
        if let log = secrets.keyLog(ofNoise: false) { add(keyLog: log) }
        if let log = secrets.keyLog(ofNoise: true) { add(keyLog: log, isOfNoise: true) }
    }
    /// Adds a key log without changes.
    public mutating func add(keyLog: [UInt8], isOfNoise: Bool = false) {
        var body: [UInt8] = []
        Self.put(isOfNoise ? PcapngBlock.noiseKeyLog : PcapngBlock.keyLog, &body)
        Self.put(UInt32(clamping: keyLog.count), &body)
        body += keyLog
        Self.pad(&body)
        append(PcapngBlock.secrets, body)
    }
    /// Adds a packet; `length` is its number of bytes on the wire if it was cut. Times before 1970 become 1970. For an
    /// interface that was not added, adds an interface of raw IP.
    public mutating func add(
        packet: [UInt8], at time: Timestamp, length: Int? = nil, interface: UInt32 = 0, comments: [String] = []
    ) {
        while interfaces <= interface { addInterface(.raw) }
        var body: [UInt8] = []
        body.reserveCapacity(packet.count + 64)
        Self.put(interface, &body)
        let ticks = UInt64(max(0, time.nanoseconds))
        Self.put(UInt32(truncatingIfNeeded: ticks >> 32), &body)
        Self.put(UInt32(truncatingIfNeeded: ticks), &body)
        Self.put(UInt32(clamping: packet.count), &body)
        Self.put(UInt32(clamping: max(packet.count, length ?? 0)), &body)
        body += packet
        Self.pad(&body)
        Self.put(comments.map { (PcapngOption.comment, Self.text($0)) }, &body)
        append(PcapngBlock.packet, body)
    }

    /// Returns the text, cut between two characters if it is too long.
    private static func text(_ s: String, limit: Int = maximumOption) -> [UInt8] {
        let all = Array(s.utf8)
        guard all.count > limit else { return all }
        let ellipsis = Array("…".utf8)
        var kept = 0
        for c in s {
            let next = kept + c.utf8.count
            guard next <= limit - ellipsis.count else { break }
            kept = next
        }
        return all[..<kept] + ellipsis
    }
    private static func put(_ n: some FixedWidthInteger, _ out: inout [UInt8]) {
        withUnsafeBytes(of: n.littleEndian) { out += $0 }
    }
    private static func pad(_ out: inout [UInt8]) { while out.count % 4 != 0 { out.append(0) } }
    /// Writes the length, the value, and padding up to four bytes.
    private static func put(value: [UInt8], _ out: inout [UInt8]) {
        put(UInt16(clamping: value.count), &out)
        out += value
        pad(&out)
    }
    private static func put(_ options: [(UInt16, [UInt8])], _ out: inout [UInt8]) {
        for (code, value) in options {
            put(code, &out)
            put(value: value, &out)
        }
        if !options.isEmpty { put(UInt32(PcapngOption.end), &out) }
    }
    private mutating func append(_ type: UInt32, _ body: [UInt8]) {
        let length = UInt32(clamping: body.count + 12)
        Self.put(type, &bytes)
        Self.put(length, &bytes)
        bytes += body
        Self.put(length, &bytes)
    }
}
