public import Node

/// A reader of the messages in captures. It reads files, follows their connections and decodes their messages.
///
///     var capture = try CaptureReader("capture.pcap", [.nano])
///     while let message = try capture.next() { print(message.record.time, message.record.name, message.fields.json) }
///
/// Files are pcap or pcapng, plain or compressed with gzip; several are merged by time. An open capture has a single
/// reader, which receives all its packets. `CaptureLimits` bounds the memory, however long the capture is.
public struct CaptureReader: ~Copyable {
    /// The counts of everything read so far.
    public var tally: Tally { table.tally }
    /// The contents of the files other than packets, up to the current position; in the order in which the files were
    /// named.
    public var information: [CaptureInformation] { files.information }
    /// True if `next` also returns units of layers, such as WebSocket frames, when their contents are returned too.
    public var givesLayers = false

    private var files: CaptureFiles
    private var table: FlowTable
    private var waiting = Waiting()
    /// True if there are no more packets.
    private var ended = false
    private var damage: CaptureError?

    /// Opens files; `-` is standard input. `definitions` are the protocols to look for. Adds the keys in the files to
    /// the secrets of `options`. Throws if a file is missing, cannot be read, or is not a capture.
    public init(
        _ paths: [String], _ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()
    ) throws(CaptureError) {
        files = try CaptureFiles(paths, secrets: options.secrets)
        table = FlowTable(definitions, options)
    }
    /// Opens a single file.
    public init(
        _ path: String, _ definitions: [Definition], _ options: ReadingOptions = ReadingOptions()
    ) throws(CaptureError) {
        try self.init([path], definitions, options)
    }

    /// Returns the next message, or bytes that are not a message; nil at the end. If a file is damaged, all its
    /// complete messages are returned first. Then this throws the error once, and returns nil after that.
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
    /// Passes all remaining records to a sink. It copies nothing, which suits callers that read much. The sink also
    /// receives units of layers. Returns the error that stopped it early; all records before the error are valid.
    public mutating func read(into sink: inout some RecordSink) -> CaptureError? {
        while let found = waiting.next() { sink.record(found.record, found.bytes.span.bytes) }
        guard !ended else { return damage }
        ended = true
        return table.read(&files, &sink)
    }

    /// The records that `next` has not returned yet, of one packet or of the end.
    private struct Waiting: RecordSink {
        private var messages: [CapturedMessage] = []
        private var taken = 0
        var wantsAnswers: Bool { true }

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
