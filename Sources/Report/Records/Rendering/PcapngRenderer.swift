public import Capture
internal import Wire

/// The packets of records as pcapng, each with what was decoded from it as a comment, so that any tool which reads
/// pcapng shows it. Packets without a record are left out.
///
/// What is said of a record stands at the last of its packets; the others are there too. A packet of several records
/// has a comment for each. Comments that the packets had before come first.
///
/// Or the packets as they were, each with the number of its frame as a comment (`OriginalFrame`) where the form has
/// comments.
///
/// With `isWhole` every packet is there, and none waits longer than `patience` for the messages that it may have a part
/// in: as a source of live capture.
public struct PcapngRenderer: RecordRenderer {
    private var writer: any PacketWriter
    private var window = PacketWindow()
    private var interfaces: [Interface: UInt32] = [:]
    private var meanings = MeaningTrees()
    /// When the last packet was captured, or a rest was.
    private var last = Timestamp(nanoseconds: 0)

    private struct Interface: Hashable {
        var link: LinkType
        var number: Int
    }
    /// Nanoseconds that a packet waits in a whole capture.
    static let patience: Int64 = 500_000_000
    private let isWhole: Bool
    /// Packets are told by their numbers, not by their records.
    private let isOriginal: Bool
    /// What is known of the devices, by their places in the file.
    private let devices: [CaptureInterface]
    /// A file that says which program wrote it.
    public init(application: String, isWhole: Bool = false) {
        writer = PcapngWriter(application: application)
        self.isWhole = isWhole
        (isOriginal, devices) = (false, [])
    }
    /// Packets as they were, written behind what the writer has already. `devices`: of the file that is read, where
    /// there is one only.
    public init(originals writer: any PacketWriter, devices: [CaptureInterface] = []) {
        self.writer = writer
        self.devices = devices
        (isOriginal, isWhole) = (true, false)
    }

    /// The head of the file.
    public mutating func begin(to out: inout [UInt8]) { out += writer.take() }
    /// True: it is made of packets.
    public var wantsPackets: Bool { true }
    /// Keeps a packet until it is known whether it is wanted.
    public mutating func packet(_ packet: borrowing Packet) {
        window.add(packet)
        last = packet.time
    }
    /// Keeps what is to be said of a packet.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        if isOriginal { return window.mark(record.frames) }
        window.mark(record.frames, Self.comment(record, meanings.of(record.message), bytes))
    }
    /// Appends packets whose records are all known.
    public mutating func settled(flow: Int, waits: Bool, to out: inout [UInt8]) {
        window.settle(flow: flow, waits: waits)
        write(all: false, to: &out)
    }
    /// Appends what waited too long.
    public mutating func rest(_ now: Timestamp, to out: inout [UInt8]) {
        last = max(last, now)
        write(all: false, to: &out)
    }
    /// Appends what is left.
    public mutating func end(to out: inout [UInt8]) {
        write(all: true, to: &out)
        writer.end()
        out += writer.take()
    }
    /// Records with bytes in packets that were not kept long enough to be among those written.
    public var missed: Int { isWhole ? 0 : window.missed }
    /// Packets of records that the form of the file has no room for.
    public var omitted: Int { writer.omitted }

    private mutating func write(all: Bool, to out: inout [UInt8]) {
        let old = isWhole ? last.moved(by: -Self.patience) : nil
        while let packet = window.next(all: all, before: old) {
            guard packet.isWanted || isWhole else { continue }
            let from = Interface(link: packet.link, number: packet.interface)
            let interface = interfaces[from] ?? writer.addInterface(device(from))
            interfaces[from] = interface
            var comments = packet.comments
            let number = OriginalFrame.comment(packet.number)
            if isOriginal, !comments.contains(number) { comments.append(number) }
            writer.add(
                packet: packet.bytes, at: packet.time, length: packet.length, interface: interface,
                comments: comments)
        }
        out += writer.take()
    }
    private func device(_ interface: Interface) -> CaptureInterface {
        let known = devices.indices.contains(interface.number) ? devices[interface.number] : nil
        return known.flatMap { $0.link == interface.link ? $0 : nil } ?? CaptureInterface(link: interface.link)
    }
    /// A line of what it is, one for each field, one for each note.
    private static func comment(
        _ record: borrowing Record, _ meaning: MeaningTree?, _ bytes: RawSpan
    ) -> String {
        let opened = DissectedRecord(record, bytes)
        var out = "\(Escape.line(record.name)) \(record.length) bytes"
        if record.frames.count > 1 { out += " in \(record.frames.count) packets" }
        for note in opened.notes { out += "\n! \(note.line)" }
        guard let dissection = opened.dissection, let meaning else { return out }
        var rest = RecordTree.fieldLimit
        for (i, node) in dissection.nodes.enumerated() where node.shape == .leaf {
            guard rest > 0 else {
                out += "\n..."
                break
            }
            rest -= 1
            out += "\n\(Escape.line(dissection.path(of: i))): \(meaning.line(of: i, dissection, bytes))"
        }
        if let error = dissection.error { out += "\nstopped: \(Escape.line(error.description))" }
        return out
    }
}
