import Crypto
import Wire

/// The frames of one direction behind the handshake, for who seals them or opens them.
struct NoiseDirection: Sendable {
    private let cipher: ChaCha20Poly1305
    /// The number of the next frame.
    private var number: UInt64
    /// 2^64 - 1 is reserved (Noise, section 5.1): no frame has it.
    static let lastNumber = UInt64.max - 1

    /// Nil unless the key is 32 bytes. `number`: that of the next frame.
    init?(key: [UInt8], number: UInt64 = 0) {
        guard let cipher = ChaCha20Poly1305(key: key) else { return nil }
        (self.cipher, self.number) = (cipher, number)
    }
    /// Appends what the next frame holds. False: it is not the next frame of this direction, or there may be none.
    mutating func open(_ sealed: RawSpan, into out: inout [UInt8]) -> Bool {
        guard number <= Self.lastNumber, cipher.open(sealed, number: number, into: &out) else { return false }
        number += 1
        return true
    }
    /// Appends frames that hold `bytes`; none for no bytes. False: the numbers are used up.
    mutating func seal(_ bytes: RawSpan, into out: inout [UInt8]) -> Bool {
        var at = 0
        while at < bytes.byteCount {
            guard number <= Self.lastNumber else { return false }
            let part = bytes.extracting(at..<min(bytes.byteCount, at + NoiseFrame.contentLimit))
            let length = part.byteCount + ChaCha20Poly1305.tagSize
            out.append(UInt8(length >> 8))
            out.append(UInt8(length & 0xff))
            cipher.seal(part, number: number, into: &out)
            number += 1
            at += part.byteCount
        }
        return true
    }
    /// Appends the content of a frame that may stand `most` frames further on. False as before.
    mutating func open(_ sealed: RawSpan, within most: UInt64, into out: inout [UInt8]) -> Bool {
        let last = min(Self.lastNumber, number.addingReportingOverflow(most).overflow ? .max : number + most)
        guard number <= last else { return false }
        for next in number...last where cipher.open(sealed, number: next, into: &out) {
            number = next + 1
            return true
        }
        return false
    }
}
