import Wire

extension FieldMeaning {
    /// The public key of an account.
    static let account = key("an account (nano_ and 60 characters)", prefix: "nano_")
    /// The public key of a node.
    static let nodeID = key("a node id (node_ and 60 characters)", prefix: "node_")
    /// An amount in raw, big-endian.
    static let nano = FieldMeaning.amount(unit: "NANO", decimals: 30)
    /// The threshold of proofs of work.
    static let difficulty = FieldMeaning.hexadecimal(digits: 16)
    /// The proof of work over the first of these fields that is not zero.
    static func work(over fields: String...) -> FieldMeaning {
        .related(
            FieldRelation("difficulty", digits: 16, with: fields) { work, values in
                let keys = values.compactMap { if case .bytes(let b) = $0 { Key32(b) } else { nil } }
                guard let root = keys.first(where: { $0 != Key32() }) ?? keys.last else { return nil }
                return Work.value(work, root: root)
            })
    }
    /// A time in milliseconds since 1970.
    static let milliseconds = FieldMeaning.time(step: 1_000_000)

    private static func key(_ name: String, prefix: StaticString) -> FieldMeaning {
        let text = prefix.description
        return .form(
            FieldForm(
                name, isLong: true, text: { Key32($0).map { AccountText.text($0, prefix: text) } },
                writeShort: { AccountText.writeBeginning(of: $0, prefix: prefix, to: &$1) },
                bytes: { AccountText.key($0)?.array }))
    }
}
