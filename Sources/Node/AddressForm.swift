public import Wire

extension FieldMeaning {
    /// The bytes of an IPv6 address, or of an IPv4 address as `::ffff:a.b.c.d`.
    public static let address = FieldMeaning.form(
        FieldForm(
            "an address (10.0.0.2, 2001:db8::1)", isLong: false, text: { Endpoint(address: $0, port: 0)?.host },
            bytes: { (Endpoint(host: $0, port: 0) ?? Endpoint(host: "[\($0)]", port: 0))?.address }))
    /// The four bytes of an IPv4 address.
    public static let dottedAddress = FieldMeaning.form(
        FieldForm(
            "an IPv4 address (192.168.0.2)", isLong: false,
            text: { $0.count == 4 ? $0.map(String.init).joined(separator: ".") : nil },
            bytes: { text in
                let bytes = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
                return bytes.count == 4 && !bytes.contains(nil) ? bytes.compactMap { $0 } : nil
            }))
}
