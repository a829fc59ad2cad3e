public import Wire

extension FieldMeaning {
    /// The bytes of an IPv6 address, or of an IPv4 address as `::ffff:a.b.c.d`.
    public static let address = FieldMeaning.form(
        FieldForm(
            "an address (10.0.0.2, 2001:db8::1)", isLong: false, text: { Endpoint(address: $0, port: 0)?.host },
            bytes: { (Endpoint(host: $0, port: 0) ?? Endpoint(host: "[\($0)]", port: 0))?.address }))
}
