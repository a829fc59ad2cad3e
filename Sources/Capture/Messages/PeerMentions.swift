public import Node
internal import Wire

/// Finds the messages that name one peer by its id, on whatever connection they stand: where servers hand on what
/// clients say to each other, a conversation goes over several.
public struct PeerMentions: Sendable {
    private let id: PeerDigits
    private let fields: [FieldReference]

    /// Of a peer by its id, or at least 8 digits of its beginning; nil for text that is neither. The definitions say
    /// which fields name peers.
    public init?(_ who: String, _ definitions: [Definition]) {
        guard let id = PeerDigits(who) else { return nil }
        self.id = id
        fields = FieldReference.known(definitions.flatMap(\.mentions), definitions)
    }
    /// Whether the message names it.
    public func names(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        guard let type = record.message, fields.contains(where: { $0.isOf(type) }) else { return false }
        let opened = DissectedRecord(record, bytes)
        for field in fields where field.isOf(type) {
            for value in field.values(record, opened, bytes) where value.peerID.map(id.begins) ?? false { return true }
        }
        return false
    }
}

/// The id of a peer as somebody types it: hexadecimal digits in either case, at least 8 of its beginning.
struct PeerDigits {
    private let digits: String

    /// Nil for text that is none.
    init?(_ who: String) {
        digits = (who.hasPrefix("0x") ? String(who.dropFirst(2)) : who).lowercased()
        let isID =
            digits.utf8.count >= 8
            && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isID else { return nil }
    }
    /// Whether an id, in either case, begins so.
    func begins(_ id: String) -> Bool { id.lowercased().hasPrefix(digits) }
}

extension Value {
    /// The id of a peer that a field holds: bytes in hexadecimal, or the beginning of a text.
    var peerID: String? {
        switch self {
        case .bytes(let id): id.hex
        case .text(let id): String(id.prefix(Self.idLimit))
        default: nil
        }
    }
    /// Characters of an id that are looked at.
    private static var idLimit: Int { 128 }
}
extension FieldReference {
    /// True when messages of this type have the field.
    func isOf(_ type: any Message.Type) -> Bool { paths[ObjectIdentifier(type)] != nil }
    /// Those of the names that are fields of messages.
    static func known(_ names: [String], _ definitions: [Definition]) -> [FieldReference] {
        names.compactMap { name in
            do throws(FilterError) { return try FieldReference(name, definitions) } catch { return nil }
        }
    }
}
