// Changes that functions make to data that was correct.
extension [UInt8] {
    /// The bytes with the lowest bit of the last byte flipped.
    var spoiled: [UInt8] {
        var out = self
        if let last = out.indices.last { out[last] ^= 1 }
        return out
    }
    /// The bytes of field 99, which no message has, with the number 5.
    static let unknownField: [UInt8] = [0x98, 0x06, 0x05]
}
