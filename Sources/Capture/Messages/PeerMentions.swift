public import Node
internal import Wire

/// A search for messages that name one peer by its id, on any connection. Where servers relay messages between clients,
/// a conversation spans several connections.
public struct PeerMentions: Sendable {
    private let id: PeerDigits
    private let fields: [FieldReference]

    /// Creates a search for an id or at least its first 8 digits, or for an id in the text form of its protocol.
    /// Returns nil for any other text. The definitions declare the fields that name peers.
    public init?(_ who: String, _ definitions: [Definition]) {
        guard let id = PeerDigits(who, PeerDigits.forms(definitions)) else { return nil }
        self.id = id
        fields = FieldReference.known(definitions.flatMap(\.mentions), definitions)
    }
    /// Returns true if the message names the peer.
    public func names(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        guard let type = record.message, fields.contains(where: { $0.isOf(type) }) else { return false }
        let opened = DissectedRecord(record, bytes)
        for field in fields where field.isOf(type) {
            for value in field.values(record, opened, bytes) where value.peerID.map(id.begins) ?? false { return true }
        }
        return false
    }
}

/// The id of a peer as a user types it: at least its first 8 hexadecimal digits, in either case, or the text form of
/// the fields that hold identities, such as `node_...`.
struct PeerDigits {
    private let digits: String

    /// Returns nil if the text is not an id.
    init?(_ who: String, _ forms: [FieldForm]) {
        let key = forms.lazy.compactMap { $0.bytes(who)?.hex }.first
        let typed = key ?? who
        digits = (typed.hasPrefix("0x") ? String(typed.dropFirst(2)) : typed).lowercased()
        let isID =
            digits.utf8.count >= 8
            && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isID else { return nil }
    }
    /// Returns the text forms of the fields that hold identities.
    static func forms(_ definitions: [Definition]) -> [FieldForm] {
        let names = FilterNames(definitions)
        return definitions.flatMap(\.identities).flatMap { name in
            guard case .message(let paths)? = names.meaning(name) else { return [FieldForm]() }
            return paths.compactMap { if case .form(let form)? = $0.meaning { form } else { nil } }
        }
    }
    /// Returns true if an id, in either case, begins with these digits.
    func begins(_ id: String) -> Bool { id.lowercased().hasPrefix(digits) }
}

extension Value {
    /// The id of a peer in a field: bytes as hexadecimal digits, or the beginning of a text.
    var peerID: String? {
        switch self {
        case .bytes(let id): id.hex
        case .text(let id): String(id.prefix(Self.idLimit))
        default: nil
        }
    }
    /// The maximum number of characters of an id that are compared.
    private static var idLimit: Int { 128 }
}
extension FieldReference {
    /// Returns true if messages of this type have the field.
    func isOf(_ type: any Message.Type) -> Bool { paths[ObjectIdentifier(type)] != nil }
    /// Returns the names that are fields of messages.
    static func known(_ names: [String], _ definitions: [Definition]) -> [FieldReference] {
        names.compactMap { name in
            do throws(FilterError) { return try FieldReference(name, definitions) } catch { return nil }
        }
    }
}
