public import Node

/// Writes a capture as pcapng (draft-ietf-opsawg-pcapng) into memory: little-endian, nanoseconds, one section.
///
/// Text is UTF-8 and written as it is: what may harm a terminal is the caller's to escape. A text of more than 65,535
/// bytes is cut between two characters, with an ellipsis at its end.
public struct PcapngWriter: Sendable {
    /// What was written so far and not taken: a whole file at any time, if nothing was.
    public private(set) var bytes: [UInt8] = []
    private var interfaces: UInt32 = 0

    /// Bytes that the value of an option, or a record of names, may have.
    public static let maximumOption = 65_535

    /// A file with its section header: the program that wrote it, and what there is to say about all of it.
    public init(application: String, comments: [String] = []) {
        var body: [UInt8] = []
        Self.put(0x1a2b_3c4d as UInt32, &body)
        Self.put(1 as UInt16, &body)
        Self.put(0 as UInt16, &body)
        // The length of the section: not known.
        Self.put(UInt64.max, &body)
        var options = comments.map { (PcapngOption.comment, Self.text($0)) }
        options.append((PcapngOption.application, Self.text(application)))
        Self.put(options, &body)
        append(PcapngBlock.section, body)
    }
    /// Takes what was written since it was last called, so that a long file need not be kept.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
    /// A device that packets come from; returns its number. There has to be one before the first packet.
    @discardableResult
    public mutating func addInterface(_ link: LinkType, name: String? = nil) -> UInt32 {
        addInterface(CaptureInterface(link: link, name: name))
    }
    /// The same, with what else is known of it; not how many packets it lost, which is of a whole capture.
    @discardableResult
    public mutating func addInterface(_ device: CaptureInterface) -> UInt32 {
        var body: [UInt8] = []
        Self.put(device.link.numberInFiles, &body)
        Self.put(0 as UInt16, &body)
        // Zero: packets of any length.
        Self.put(device.snapLength, &body)
        var options = device.comments.map { (PcapngOption.comment, Self.text($0)) }
        if let name = device.name { options.append((PcapngOption.interfaceName, Self.text(name))) }
        // Ten to the power of minus nine seconds.
        options.append((PcapngOption.resolution, [9]))
        Self.put(options, &body)
        append(PcapngBlock.interface, body)
        defer { interfaces += 1 }
        return interfaces
    }
    /// Names for addresses, shown by tools in their place; ports do not matter. An address may come more than once.
    public mutating func add(names: [(address: Endpoint, name: String)]) {
        guard !names.isEmpty else { return }
        var body: [UInt8] = []
        for n in names {
            let v4 = n.address.v4
            let address = v4.map { [$0 >> 24, $0 >> 16, $0 >> 8, $0].map { UInt8(truncatingIfNeeded: $0) } }
            // A name ends at a zero byte.
            let name = Self.text(n.name, limit: Self.maximumOption - 17).filter { $0 != 0 } + [0]
            Self.put(v4 == nil ? 2 : 1 as UInt16, &body)
            Self.put(value: (address ?? n.address.address) + name, &body)
        }
        Self.put(0 as UInt32, &body)
        append(PcapngBlock.names, body)
    }
    /// Keys of connections, in a block for those of TLS and one for those of Noise. They have to stand before the packets
    /// that need them.
    public mutating func add(_ secrets: Secrets) {
        if let log = secrets.keyLog(ofNoise: false) { add(keyLog: log) }
        if let log = secrets.keyLog(ofNoise: true) { add(keyLog: log, isOfNoise: true) }
    }
    /// A key log as it stands.
    public mutating func add(keyLog: [UInt8], isOfNoise: Bool = false) {
        var body: [UInt8] = []
        Self.put(isOfNoise ? PcapngBlock.noiseKeyLog : PcapngBlock.keyLog, &body)
        Self.put(UInt32(clamping: keyLog.count), &body)
        body += keyLog
        Self.pad(&body)
        append(PcapngBlock.secrets, body)
    }
    /// A packet; `length` is what it had on the wire, where it was cut. Times before 1970 become 1970. A packet of an
    /// interface that was not added belongs to one that is made up: raw IP.
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

    /// The text, cut between two characters where it is too long.
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
    /// Length, value, and what fills it up to four bytes.
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
