public import Node
internal import Wire

/// A search for messages that name one peer by its id, on any connection. Where servers relay messages between clients,
/// a conversation spans several connections.
public struct PeerMentions: Sendable {
    private let id: PeerDigits
    private let fields: PeerFields

    /// Creates a search for an id or at least its first 8 digits, or for an id in the form of a protocol
    /// (`NodeNaming.peerNames`). Returns nil for any other text. The definitions declare the fields that name peers.
    public init?(_ who: String, _ definitions: [Definition]) {
        guard let id = PeerDigits(who, definitions) else { return nil }
        self.id = id
        fields = PeerFields(definitions) { $0.naming.mentions }
    }
    /// Returns true if the message names the peer.
    public func names(_ record: borrowing Record, _ bytes: RawSpan) -> Bool {
        fields.any(record, bytes) { name, _ in id.begins(name) }
    }
}

/// Fields of messages that hold ids of peers.
struct PeerFields: Sendable {
    private let all: [(field: FieldReference, names: PeerNames?)]

    /// Creates the fields that each definition lists. Names that are not fields of messages are left out.
    init(_ definitions: [Definition], _ list: (Definition) -> [String]) {
        all = definitions.flatMap { d in
            list(d).compactMap { name in
                do throws(FilterError) { return (try FieldReference(name, definitions), d.naming.peerNames) } catch {
                    return nil
                }
            }
        }
    }
    /// Calls `body` with each id in a message until it returns true. Returns true if it did. The second argument is the
    /// form of the id; nil for hexadecimal digits, or text as it is.
    func any(_ record: borrowing Record, _ bytes: RawSpan, _ body: (String, PeerNames?) -> Bool) -> Bool {
        guard let type = record.message, all.contains(where: { $0.field.isOf(type) }) else { return false }
        let opened = DissectedRecord(record, bytes)
        for (field, names) in all where field.isOf(type) {
            for value in field.values(record, opened, bytes) {
                if let id = value.peerID(names), body(id, names) { return true }
            }
        }
        return false
    }
}

/// The id of a peer as a user types it: at least its first 8 hexadecimal digits, in either case, or an id in the form of a
/// protocol (`NodeNaming.peerNames`), such as `node_...`.
struct PeerDigits {
    private let digits: String
    /// True if the case of letters matters.
    private let isExact: Bool

    /// Returns nil if the text is not an id.
    init?(_ who: String, _ definitions: [Definition]) {
        let hex = (who.hasPrefix("0x") ? String(who.dropFirst(2)) : who).lowercased()
        let isID =
            hex.utf8.count >= 8
            && hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        if isID {
            (digits, isExact) = (hex, false)
        } else if let typed = definitions.lazy.compactMap({ $0.naming.peerNames?.typed(who) }).first {
            (digits, isExact) = (typed, true)
        } else {
            return nil
        }
    }
    /// Returns true if an id begins with these digits.
    func begins(_ id: String) -> Bool { isExact ? id.hasPrefix(digits) : id.lowercased().hasPrefix(digits) }
}

extension Value {
    /// Returns the id of a peer in a field: in the form of its protocol, or bytes as hexadecimal digits, or the
    /// beginning of a text. Returns nil for a value without an id.
    func peerID(_ names: PeerNames?) -> String? {
        switch self {
        case .bytes(let id): names.map { $0.text(id) } ?? id.hex
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
}
