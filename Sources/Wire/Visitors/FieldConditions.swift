/// Which fields a message has depends on others, such as the form of a length on its first bits.
extension Message {
    /// What a value tree may say, besides, so that the message has a field that only some of its forms have: derived
    /// fields with their values, which nothing else gives, one of which is enough. Empty where it has the field anyway,
    /// or where other fields decide.
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
    /// Whether a message that is built from these fields has the field.
    public static func has(_ field: String, beside others: [Value.Entry]) -> Bool {
        var message = Self()
        var builder = Builder(.map(others))
        message.code(&builder)
        return builder.names.contains(field)
    }
}
