import Wire

/// Reads key logs. A line is `LABEL CONNECTION SECRET`, the latter two as hexadecimal, as in NSS key logs: the form of
/// Firefox, Chromium, OpenSSL and Wireshark (draft-ietf-tls-keylogfile). Or it is a JSON object with the keys of one side
/// of a Noise connection (`NoiseSecret`). Lines that begin with `#` and empty ones say nothing.
///
/// A line that is no secret is told and passed over. The value goes on where it stopped, so that a log that is being
/// written can be read as it grows: what stands behind the last line feed is kept for the next call.
public struct KeyLog: Sendable {
    /// For people: the path of the file.
    public let name: String
    /// Lines that were refused, `FILE:LINE: why`, at most `toldLimit`, and then a line that counts the others.
    public private(set) var complaints: [String] = []
    private var refused = 0
    private var line = 0
    private var rest: [UInt8] = []
    /// What stands behind the last line feed is a line that is too long, of which nothing is kept.
    private var isSkipping = false

    /// Bytes that a line may have.
    public static let lineLimit = 4096
    /// Bytes of a connection's name or a secret: 1 to 128.
    public static let valueLimit = 128
    /// Refused lines that are told one by one.
    public static let toldLimit = 10

    /// A log of this name.
    public init(_ name: String) { self.name = name }

    /// Adds the secrets of the next bytes of the log.
    public mutating func read(_ bytes: some Sequence<UInt8>, into secrets: Secrets) {
        for byte in bytes {
            if byte == 0x0a {
                endLine(into: secrets)
            } else if rest.count < Self.lineLimit {
                if !isSkipping { rest.append(byte) }
            } else {
                isSkipping = true
            }
        }
    }
    /// The log ends: what stands behind the last line feed is a line as well.
    public mutating func finish(into secrets: Secrets) { if !rest.isEmpty { endLine(into: secrets) } }
    /// The complaints, of which none is kept.
    public mutating func takeComplaints() -> [String] {
        var told = complaints
        if refused > Self.toldLimit { told.append("\(name): \(refused - Self.toldLimit) more lines are no secrets") }
        (complaints, refused) = ([], 0)
        return told
    }

    private mutating func endLine(into secrets: Secrets) {
        line += 1
        defer {
            rest.removeAll(keepingCapacity: true)
            isSkipping = false
        }
        if isSkipping { return refuse("has more than \(Self.lineLimit) bytes") }
        if rest.last == 0x0d { rest.removeLast() }
        guard let first = rest.first, first != UInt8(ascii: "#") else { return }
        if first == UInt8(ascii: "{") {
            guard let all = NoiseSecret.read(json: rest) else {
                return refuse(
                    "is an object without initiator_e, k_i2r and k_r2i of 32 bytes, or without the role of its side")
            }
            // Both sides may have told the keys of the two directions.
            if !all.map({ secrets.add($0) }).allSatisfy(\.self) { refuseAnother() }
            return
        }
        let words = rest.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3 else {
            return refuse("has \(words.count) words, and not a label, a connection and a secret")
        }
        guard !words[0].isEmpty, words[0].count <= 64, words[0].allSatisfy(Self.isOfLabel) else {
            return refuse("has a label of other characters than A to Z, 0 to 9 and _, or of more than 64")
        }
        guard let connection = Self.bytes(words[1]), let secret = Self.bytes(words[2]) else {
            return refuse("has a connection or a secret that is not 1 to \(Self.valueLimit) bytes in hexadecimal")
        }
        let label = String(decoding: words[0], as: UTF8.self)
        if label.hasSuffix("TRAFFIC_SECRET") || label.contains("_TRAFFIC_SECRET_"),
            connection.count != 32 || secret.count != 32 && secret.count != 48
        {
            return refuse(
                "\(label) has \(connection.count) bytes of random and \(secret.count) of secret, and not 32 and 32 or 48"
            )
        }
        if label.hasPrefix(NoiseSecret.prefix), connection.count != NoiseSecret.size || secret.count != NoiseSecret.size
        {
            return refuse(
                "\(label) has \(connection.count) bytes of key and \(secret.count) of secret, and not 32 each")
        }
        if !secrets.add(Secret(label, of: connection, secret)) { refuseAnother() }
    }
    private mutating func refuseAnother() {
        refuse("contradicts a line before it, which counts, or is one of more than \(Secrets.limit)")
    }
    private mutating func refuse(_ why: String) {
        refused += 1
        if refused <= Self.toldLimit { complaints.append("\(name):\(line): the line \(why)") }
    }
    private static func isOfLabel(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
    private static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.count <= 2 * valueLimit else { return nil }
        return [UInt8](hex: String(decoding: text, as: UTF8.self))
    }
}
