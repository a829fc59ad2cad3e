internal import Glibc
import Wire

/// A reader of key logs. A line is `LABEL CONNECTION SECRET`, as in NSS key logs: the form of Firefox, Chromium,
/// OpenSSL and Wireshark (draft-ietf-tls-keylogfile). The last two words are hexadecimal. Or the line is a JSON object
/// with the keys of one side of a Noise connection (`NoiseSecret`). Lines that begin with `#` and empty lines are
/// ignored.
///
/// A line without a valid secret is reported and skipped. The reader continues where it stopped, so that it can read a
/// log that another program is still writing. It keeps the bytes after the last line feed for the next call.
public struct KeyLog: Sendable {
    /// The path of the file, for people.
    public let name: String
    /// The reports of refused lines, `FILE:LINE: reason`: at most `toldLimit`, then a line that counts the others.
    public private(set) var complaints: [String] = []
    private var refused = 0
    private var line = 0
    private var rest: [UInt8] = []
    /// True if the bytes after the last line feed belong to a line that is too long and is not kept.
    private var isSkipping = false
    /// The labels of recent lines.
    private var labels: [Label] = []
    /// A buffer for the connection and the secret of a line.
    private var scratch = [UInt8](repeating: 0, count: 2 * KeyLog.valueLimit)

    /// The maximum number of bytes of a line.
    public static let lineLimit = 4096
    /// The maximum number of bytes of a connection's name or a secret; the minimum is 1.
    public static let valueLimit = 128
    /// The maximum number of refused lines that are reported one by one.
    public static let toldLimit = 10

    /// Creates a reader for a log of this name.
    public init(_ name: String) { self.name = name }

    /// Adds the secrets of the next bytes of the log.
    public mutating func read(_ bytes: some Sequence<UInt8>, into secrets: Secrets) {
        let isRead: Void? = bytes.withContiguousStorageIfAvailable { scan(UnsafeRawBufferPointer($0), secrets) }
        if isRead == nil { Array(bytes).withUnsafeBytes { scan($0, secrets) } }
    }
    /// Reads the lines in these bytes. It reads a line that is whole in place.
    private mutating func scan(_ bytes: UnsafeRawBufferPointer, _ secrets: Secrets) {
        var start = 0
        while start < bytes.count {
            let left = UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let end = Self.place(of: 0x0a, in: left) else { return keep(left) }
            let line = UnsafeRawBufferPointer(rebasing: left[..<end])
            start += end + 1
            if rest.isEmpty {
                self.line += 1
                if line.count > Self.lineLimit { refuseLength() } else { take(line, into: secrets) }
            } else {
                keep(line)
                endLine(into: secrets)
            }
        }
    }
    /// Keeps the beginning of a line whose end is still missing.
    private mutating func keep(_ part: UnsafeRawBufferPointer) {
        let room = Self.lineLimit - rest.count
        if part.count > room { isSkipping = true }
        rest.append(contentsOf: part.prefix(room))
    }
    private static func place(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else { return nil }
        return UnsafeRawPointer(found) - start
    }
    /// Ends the log: bytes after the last line feed are a line too.
    public mutating func finish(into secrets: Secrets) { if !rest.isEmpty { endLine(into: secrets) } }
    /// Returns the reports and clears them.
    public mutating func takeComplaints() -> [String] {
        var told = complaints
        if refused > Self.toldLimit { told.append("\(name): \(refused - Self.toldLimit) more lines are no secrets") }
        (complaints, refused) = ([], 0)
        return told
    }

    private mutating func endLine(into secrets: Secrets) {
        line += 1
        let whole = rest
        if isSkipping { refuseLength() } else { whole.withUnsafeBytes { take($0, into: secrets) } }
        rest.removeAll(keepingCapacity: true)
        isSkipping = false
    }
    /// Adds the secrets of a line.
    private mutating func take(_ whole: UnsafeRawBufferPointer, into secrets: Secrets) {
        var line = whole
        if line.last == 0x0d { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        guard let first = line.first, first != UInt8(ascii: "#") else { return }
        if first == UInt8(ascii: "{") {
            // Both sides may have logged the keys of the two directions.
            var areNew = true
            let isRead = NoiseSecret.read(json: line) { label, connection, secret in
                if !secrets.add(label, of: connection, secret) { areNew = false }
            }
            guard isRead else {
                return refuse(
                    "is an object without initiator_e, k_i2r and k_r2i of 32 bytes, or without the role of its side")
            }
            if !areNew { refuseAnother() }
            return
        }
        let space = UInt8(ascii: " ")
        guard let a = Self.place(of: space, in: line),
            let b = Self.place(of: space, in: UnsafeRawBufferPointer(rebasing: line[(a + 1)...])).map({ $0 + a + 1 }),
            Self.place(of: space, in: UnsafeRawBufferPointer(rebasing: line[(b + 1)...])) == nil
        else {
            let words = line.count { $0 == space } + 1
            return refuse("has \(words) words, and not a label, a connection and a secret")
        }
        guard let label = label(UnsafeRawBufferPointer(rebasing: line[..<a])) else {
            return refuse("has a label of other characters than A to Z, 0 to 9 and _, or of more than 64")
        }
        let size = (connection: (b - a - 1) / 2, secret: (line.count - b - 1) / 2)
        guard Self.isValue(b - a - 1), Self.isValue(line.count - b - 1),
            HexDigits.decode(UnsafeRawBufferPointer(rebasing: line[(a + 1)..<b]), into: &scratch, at: 0),
            HexDigits.decode(UnsafeRawBufferPointer(rebasing: line[(b + 1)...]), into: &scratch, at: size.connection)
        else {
            return refuse("has a connection or a secret that is not 1 to \(Self.valueLimit) bytes in hexadecimal")
        }
        if label.isOfTraffic, size.connection != 32 || size.secret != 32 && size.secret != 48 {
            return refuse(
                "\(label.text) has \(size.connection) bytes of random and \(size.secret) of secret, and not 32 and 32 or 48"
            )
        }
        if label.isOfMaster, size.connection != 32 || size.secret != 48 {
            return refuse(
                "\(label.text) has \(size.connection) bytes of random and \(size.secret) of secret, and not 32 and 48")
        }
        if label.isOfNoise, size.connection != NoiseSecret.size || size.secret != NoiseSecret.size {
            return refuse(
                "\(label.text) has \(size.connection) bytes of key and \(size.secret) of secret, and not 32 each")
        }
        let isNew = scratch.withUnsafeBytes { both in
            secrets.add(
                label.text, of: UnsafeRawBufferPointer(rebasing: both[..<size.connection]),
                UnsafeRawBufferPointer(rebasing: both[size.connection..<size.connection + size.secret]))
        }
        if !isNew { refuseAnother() }
    }
    /// A label with the properties that follow from it.
    private struct Label: Sendable {
        var bytes: [UInt8]
        var text: String
        var isOfTraffic: Bool
        /// True for the master secret of TLS 1.2 and earlier versions.
        var isOfMaster: Bool
        var isOfNoise: Bool

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            text = String(decoding: bytes, as: UTF8.self)
            isOfTraffic = text.hasSuffix("TRAFFIC_SECRET") || text.contains("_TRAFFIC_SECRET_")
            isOfMaster = text == "CLIENT_RANDOM"
            isOfNoise = text.hasPrefix(NoiseSecret.prefix)
        }
    }
    /// The maximum number of remembered labels. A log has about ten.
    private static let labelLimit = 16
    /// Returns the label of a line; nil if the bytes are not a label.
    private mutating func label(_ bytes: UnsafeRawBufferPointer) -> Label? {
        for known in labels where known.bytes.count == bytes.count {
            if known.bytes.withUnsafeBytes({ $0.elementsEqual(bytes) }) { return known }
        }
        guard !bytes.isEmpty, bytes.count <= 64, bytes.allSatisfy(Self.isOfLabel) else { return nil }
        let new = Label(Array(bytes))
        if labels.count == Self.labelLimit { labels.removeFirst() }
        labels.append(new)
        return new
    }
    private mutating func refuseAnother() {
        refuse("contradicts a line before it, which counts, or is one of more than \(Secrets.limit)")
    }
    private mutating func refuse(_ why: @autoclosure () -> String) {
        refused += 1
        if refused <= Self.toldLimit { complaints.append("\(name):\(line): the line \(why())") }
    }
    private static func isOfLabel(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
    /// Returns true if a value may have this number of digits.
    private static func isValue(_ digits: Int) -> Bool { digits > 0 && digits & 1 == 0 && digits <= 2 * valueLimit }
    private mutating func refuseLength() { refuse("has more than \(Self.lineLimit) bytes") }
}
