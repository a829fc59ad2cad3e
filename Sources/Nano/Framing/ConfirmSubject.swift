import Wire

/// The subject of `confirm_req` and `confirm_ack` according to their header: a number of hashes, or a block.
///
/// Extension bits 0x0f00 hold `not_a_block` for hashes. From protocol version `hashesOnly` on they are ignored, and the
/// subject is always hashes. The count is in 0xf000; with bit 0x0001 (V2, since 0x14), its low half is in 0x00f0.
@usableFromInline struct ConfirmSubject {
    @usableFromInline var count: Int
    @usableFromInline var block = BlockType.notABlock

    /// Reads the subject that a header states. Below the protocol version `hashesOnly`, it may be a block.
    @usableFromInline @inline(__always) init(_ versionUsing: UInt8, _ extensions: UInt16, hashesOnly: UInt8) {
        let e = Int(extensions)
        count = e & 1 == 0 ? e >> 12 : (e >> 12) << 4 | e >> 4 & 15
        guard versionUsing < hashesOnly else { return }
        block = BlockType(extensions: extensions)
        if block != .notABlock { count = 0 }
    }
    /// Creates the subject of a message. Counts above 255 lose their upper bits.
    @usableFromInline init(_ block: Block, count: Int) {
        self.count = count & 0xff
        self.block = block.type
    }
    /// The header bits. A count below 16 is written in the old form.
    @usableFromInline var extensions: UInt16 {
        let n = UInt16(truncatingIfNeeded: count)
        return block.extensions | (n < 16 ? n << 12 : (n >> 4) << 12 | (n & 15) << 4 | 1)
    }
    /// Returns the header bits. If there are only hashes, the block type is the one in `stored`, the bits of a header,
    /// because receivers ignore it.
    @usableFromInline func extensions(keeping stored: UInt16?, if hashesOnly: Bool) -> UInt16 {
        guard hashesOnly, block == .notABlock, let stored else { return extensions }
        return extensions & ~0x0f00 | stored & 0x0f00
    }
}
