public import Wire

extension FieldMeaning {
    /// The public key of an account.
    static let account = key("an account (nano_ and 60 characters)", prefix: "nano_")
    /// The public key of a node.
    static let nodeID = key("a node id (node_ and 60 characters)", prefix: "node_")
    /// An amount in raw, big-endian.
    static let nano = FieldMeaning.amount(unit: "NANO", decimals: 30)
    /// Proof of work, and the threshold of it.
    static let work = FieldMeaning.hexadecimal(digits: 16)
    /// Milliseconds since 1970.
    static let milliseconds = FieldMeaning.time(step: 1_000_000)

    private static func key(_ name: String, prefix: String) -> FieldMeaning {
        .form(
            FieldForm(
                name, isLong: true, text: { Key32($0).map { AccountText.text($0, prefix: prefix) } },
                bytes: { AccountText.key($0)?.array }))
    }
}
