public import Node

/// Captures as what was said in them: reads files, follows their connections, and takes these apart into messages.
///
///     var capture = try CaptureReader("capture.pcap", [.nano])
///     while let message = try capture.next() { print(message.record.time, message.record.name, message.fields.json) }
///
/// Files are pcap or pcapng, plain or packed with gzip; several are merged by time. Of an open capture all packets are
/// for one reader. Memory is bounded by `CaptureLimits`, however long the capture is.
public struct CaptureReader: ~Copyable {
    /// What was read so far.
    public var tally: Tally { table.tally }
    /// What the files say beside their packets, up to where they were read; in the order in which they were named.
    public var information: [CaptureInformation] { files.information }
    /// Whether `next` gives units of layers too, such as WebSocket frames, where what they carry is given as well.
    public var givesLayers = false

    private var files: CaptureFiles
    private var table: FlowTable
    private var waiting = Waiting()
    /// There are no more packets.
    private var ended = false
    private var damage: CaptureError?

    /// Opens files; `-` is standard input. `definitions`: the protocols that are looked for. Keys that stand in the files
    /// are added to the secrets of `options`. Throws where a file is not there, may not be read, or is no capture.
    public init(
        _ paths: [String], _ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()
    ) throws(CaptureError) {
        files = try CaptureFiles(paths, secrets: options.secrets)
        table = FlowTable(definitions, options)
    }
    /// The same of one file.
    public init(
        _ path: String, _ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()
    ) throws(CaptureError) {
        try self.init([path], definitions, options)
    }

    /// The next message, or bytes that are none; nil at the end. Where a file is damaged, all that is whole comes first,
    /// then the damage is thrown once, then comes the end.
    public mutating func next() throws(CaptureError) -> CapturedMessage? {
        while true {
            while let found = waiting.next() { if givesLayers || !found.record.isMereCarrier { return found } }
            guard !ended else { break }
            do throws(CaptureError) {
                if try files.advance() { table.receive(files.current(), &waiting) } else { end() }
            } catch {
                damage = error
                end()
            }
        }
        guard let damage else { return nil }
        self.damage = nil
        throw damage
    }
    private mutating func end() {
        ended = true
        table.finish(&waiting)
    }
    /// All that is left, lent to a sink of one's own: for those who read much, and copy nothing. The sink gets units of
    /// layers as well. Returns what stopped it early, which leaves all records before it good.
    public mutating func read(into sink: inout some RecordSink) -> CaptureError? {
        while let found = waiting.next() { sink.record(found.record, found.bytes.span.bytes) }
        guard !ended else { return damage }
        ended = true
        return table.read(&files, &sink)
    }

    /// Records that nobody took yet: those of one packet, or of the end.
    private struct Waiting: RecordSink {
        private var messages: [CapturedMessage] = []
        private var taken = 0

        mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
            messages.append(CapturedMessage(copy record, bytes.withUnsafeBytes { [UInt8]($0) }))
        }
        mutating func next() -> CapturedMessage? {
            guard taken < messages.count else {
                messages.removeAll(keepingCapacity: taken <= 64)
                taken = 0
                return nil
            }
            defer { taken += 1 }
            return messages[taken]
        }
    }
}
