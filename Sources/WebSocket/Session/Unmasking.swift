import Wire

extension [UInt8] {
    /// Masks or unmasks the bytes from `start` to the end, which begin at `offset` of their payload (RFC 6455, section
    /// 5.3).
    mutating func mask(_ key: Fixed<4>, from start: Int, at offset: Int = 0) {
        withUnsafeMutableBytes { raw in
            var bytes = UnsafeMutableRawBufferPointer(rebasing: raw[start...]).mutableBytes
            Mask.apply(key, to: &bytes, from: offset)
        }
    }
}
