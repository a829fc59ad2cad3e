/// The types of pcapng blocks.
enum PcapngBlock {
    static let interface: UInt32 = 1
    static let oldPacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let names: UInt32 = 4
    static let statistics: UInt32 = 5
    static let packet: UInt32 = 6
    static let secrets: UInt32 = 10
    static let section: UInt32 = 0x0a0d_0d0a
    /// The type of secrets that are an NSS key log.
    static let keyLog: UInt32 = 0x544c_534b
    /// The type of secrets that are a key log of Noise, `NOIS`. It is private to this program and not registered.
    static let noiseKeyLog: UInt32 = 0x4e4f_4953
}

/// The options of pcapng blocks: code, length, value, and padding up to four bytes. The meaning of a code depends on
/// the block.
enum PcapngOption {
    static let end: UInt16 = 0
    static let comment: UInt16 = 1
    static let interfaceName: UInt16 = 2
    static let application: UInt16 = 4
    static let resolution: UInt16 = 9
    static let offset: UInt16 = 14
    static let deviceDropped: UInt16 = 5
    static let systemDropped: UInt16 = 7

    /// Calls `body` with each option. Stops at an option that extends beyond the block.
    static func each(_ bytes: RawSpan, _ isBigEndian: Bool, _ body: (UInt16, RawSpan) -> Void) {
        var at = 0
        while bytes.byteCount &- at >= 4 {
            let code = bytes.u16(at, isBigEndian)
            let length = Int(bytes.u16(at &+ 2, isBigEndian))
            guard code != end, bytes.byteCount &- at &- 4 >= length else { return }
            body(code, bytes.extracting(at &+ 4..<at &+ 4 &+ length))
            at &+= 4 &+ ((length &+ 3) & ~3)
        }
    }
    /// Returns the text of an option. Replaces invalid UTF-8 and leaves out the zero bytes of padding.
    static func text(_ value: RawSpan) -> String {
        value.withUnsafeBytes { String(decoding: $0[..<($0.firstIndex(of: 0) ?? $0.endIndex)], as: UTF8.self) }
    }
}

/// Readers of numbers in the byte order of a file. The caller has checked that the bytes exist.
extension RawSpan {
    func u16(_ at: Int, _ isBigEndian: Bool) -> UInt16 { isBigEndian ? big16(at) : big16(at).byteSwapped }
    func u32(_ at: Int, _ isBigEndian: Bool) -> UInt32 { isBigEndian ? big32(at) : big32(at).byteSwapped }
    func u64(_ at: Int, _ isBigEndian: Bool) -> UInt64 { isBigEndian ? big64(at) : big64(at).byteSwapped }
}
