/// The fields of a message that depend on others, as the form of a length depends on its first bits.
extension Message {
    /// Returns derived fields, each with a value. If a value tree names any of them, the message has `field`, which
    /// only some forms of the message have. The result is empty if the message has the field anyway, or if other fields
    /// decide.
    public static func conditions(of field: String) -> [Value.Entry] {
        guard !has(field, beside: []) else { return [] }
        let derived = Set(describe().lazy.filter(\.isDerived).map(\.name))
        var out: [Value.Entry] = []
        for variant in variants {
            let bytes = variant.encoded()
            guard case .map(let entries) = dissect(bytes.span.bytes, audits: false).fields(in: bytes.span.bytes) else {
                continue
            }
            for e in entries where e.key != field && !out.contains(e) && has(field, beside: [e]) {
                guard derived.contains(e.key) else { return [] }
                out.append(e)
            }
        }
        return out
    }
    /// Returns true if a message that is built from these fields has the field.
    public static func has(_ field: String, beside others: [Value.Entry]) -> Bool {
        var message = Self()
        var builder = Builder(.map(others))
        message.code(&builder)
        return builder.names.contains(field)
    }
}
