import Wire

/// The header fields of a head as text, with their places.
struct HeaderList {
    struct Item {
        /// The name in lower case.
        var name: String
        var value: String
        var path: String
        var offset: Int
    }
    private(set) var items: [Item] = []

    /// Reads the fields of a head. `start` is the number of bytes before the first field.
    init(_ fields: [HeaderField], from start: Int, in packet: RawSpan) {
        var at = start
        for (i, field) in fields.enumerated() {
            items.append(
                Item(
                    name: HTTPToken.lowercased(field.name.string(in: packet)), value: field.value.string(in: packet),
                    path: "headers[\(i)]", offset: at))
            at += field.name.bytes.count + field.value.bytes.count
        }
    }
    /// Returns the fields of a name, which is in lower case.
    func all(_ name: String) -> [Item] { items.filter { $0.name == name } }
    /// Returns the only field of a name; nil if it is missing. Two fields are an error.
    func single(_ name: String) throws(HandshakeError) -> Item? {
        let found = all(name)
        guard found.count < 2 else { throw found[1].error("\(name) stands there a second time") }
        return found.first
    }
    /// Returns the only field of a name. A missing field is an error.
    func required(
        _ name: String, _ cause: HandshakeError.Cause = .other
    ) throws(HandshakeError) -> Item {
        guard let item = try single(name) else { throw HandshakeError("\(name) is missing", cause: cause) }
        return item
    }
    /// Refuses fields that could make another program find a body where this one finds none, or the reverse.
    func refuseBody() throws(HandshakeError) {
        if let item = all("transfer-encoding").first { throw item.error("an upgrade has no transfer-encoding") }
        if let item = try single("content-length"), item.value != "0" {
            throw item.error("an upgrade has no body, and content-length is `\(item.value)`")
        }
    }
    /// True if a field of an upgrade is there, even if other fields are missing.
    var mentionsUpgrade: Bool { items.contains { $0.name == "upgrade" || $0.name.hasPrefix("sec-websocket-") } }
    /// Returns true if a list of this name (RFC 9110, section 5.6.1) contains the element, ignoring case.
    func lists(_ name: String, _ element: String) -> Bool {
        all(name).contains { HTTPList.elements($0.value).contains { HTTPToken.lowercased($0) == element } }
    }
}

extension HeaderList.Item {
    func error(_ reason: String, status: Int = 400, cause: HandshakeError.Cause = .other) -> HandshakeError {
        HandshakeError(reason, path: path, at: offset, status: status, cause: cause)
    }
}

/// A parser of lists with commas between their elements (RFC 9110, section 5.6.1).
enum HTTPList {
    /// Returns the elements without surrounding spaces, and without empty elements. It does not support quoted text.
    static func elements(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: trimmed($0), as: UTF8.self) }
            .filter { !$0.isEmpty }
    }
    private static func trimmed(_ part: Substring.UTF8View.SubSequence) -> [UInt8] {
        var bytes = part.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return Array(bytes)
    }
}
