public import Capture
internal import Text
internal import Wire

/// A writer of the packets of records as pcapng. Each packet has its decoded content as a comment, which any pcapng
/// reader can show. Packets without a record are left out.
///
/// The comment on a record is at the last of its packets; the other packets are included too. A packet of several
/// records has a comment for each record. Existing comments of the packets are first.
///
/// Alternatively, the writer copies the original packets. Each has the number of its frame as a comment
/// (`OriginalFrame`) if the format supports comments.
///
/// With `isWhole` every packet is included, and no packet waits longer than `patience` for the messages that it may be
/// part of. This is for use as a source of live capture.
public struct PcapngRenderer: RecordRenderer {
    private var writer: any PacketWriter
    private var window = PacketWindow()
    private var interfaces: [Interface: UInt32] = [:]
    private var meanings = MeaningTrees()
    private var summaries = Summaries()
    /// The capture time of the last packet, or the last time of inactivity.
    private var last = Timestamp(nanoseconds: 0)

    private struct Interface: Hashable {
        var link: LinkType
        var number: Int
    }
    /// The maximum time that a packet waits in a whole capture, in nanoseconds.
    static let patience: Int64 = 500_000_000
    private let isWhole: Bool
    /// True if packets are described by their numbers and not by their records.
    private let isOriginal: Bool
    /// The properties of the devices, by their indices in the file.
    private let devices: [CaptureInterface]
    /// Makes a file that names its program.
    public init(application: String, isWhole: Bool = false) {
        writer = PcapngWriter(application: application)
        self.isWhole = isWhole
        (isOriginal, devices) = (false, [])
    }
    /// Makes a writer of original packets, which follow the existing output of `writer`. `devices` has the devices of
    /// the input file, if there is only one.
    public init(originals writer: any PacketWriter, devices: [CaptureInterface] = []) {
        self.writer = writer
        self.devices = devices
        (isOriginal, isWhole) = (true, false)
    }

    /// Writes the head of the file.
    public mutating func begin(to out: inout [UInt8]) { out += writer.take() }
    /// True, because the output consists of packets.
    public var wantsPackets: Bool { true }
    /// Keeps a packet until it is known whether it is needed.
    public mutating func packet(_ packet: borrowing Packet) {
        window.add(packet)
        last = packet.time
    }
    /// Keeps the comment for a packet.
    public mutating func render(_ record: borrowing Record, _ bytes: RawSpan, to out: inout [UInt8]) {
        if isOriginal { return window.mark(record.frames) }
        window.mark(
            record.frames, Self.comment(record, meanings.of(record.message), summaries.text(record, bytes), bytes))
    }
    /// Appends the packets whose records are all known.
    public mutating func settled(flow: Int, waits: Bool, to out: inout [UInt8]) {
        window.settle(flow: flow, waits: waits)
        write(all: false, to: &out)
    }
    /// Appends the packets that waited too long.
    public mutating func rest(_ now: Timestamp, to out: inout [UInt8]) {
        last = max(last, now)
        write(all: false, to: &out)
    }
    /// Appends the remaining packets.
    public mutating func end(to out: inout [UInt8]) {
        write(all: true, to: &out)
        writer.end()
        out += writer.take()
    }
    /// The number of records with bytes in packets that were already discarded when the record was complete.
    public var missed: Int { isWhole ? 0 : window.missed }
    /// The number of packets of records that the file format cannot store.
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
    /// Returns the comment: a line for the record with its summary, one for each finding, and one for each field.
    private static func comment(
        _ record: borrowing Record, _ meaning: MeaningTree?, _ summary: String?, _ bytes: RawSpan
    ) -> String {
        let opened = DissectedRecord(record, bytes)
        var out = "\(Escape.line(record.name)) \(record.length) bytes"
        if record.frames.count > 1 { out += " in \(record.frames.count) packets" }
        if let summary { out += ": \(summary)" }
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
