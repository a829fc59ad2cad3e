import Wire

/// The hash by which hubs recognize that the data of two signals is equal.
enum DataHash {
    /// Returns h = 31 h + unit over the UTF-16 units of the data as JSON without spaces, in 32 bits with a sign, as
    /// hexadecimal text. For missing data, null, false, 0 and the empty text it returns `null`.
    static func of(_ data: Value?) -> String {
        guard let data, data.isTrue else { return "null" }
        var text: [UInt8] = []
        ValueJSON.write(data, to: &text, .numbers)
        let hash = String(decoding: text, as: UTF8.self).utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
        return String(hash, radix: 16)
    }
}
