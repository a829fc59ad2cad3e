import Crypto
import Wire

/// A cipher for the frames of one direction after the handshake, which seals or opens them.
struct NoiseDirection: Sendable {
    private let cipher: ChaCha20Poly1305
    /// The number of the next frame.
    private var number: UInt64
    /// The highest number of a frame, because 2^64 - 1 is reserved (Noise, section 5.1).
    static let lastNumber = UInt64.max - 1

    /// Creates a direction; nil unless the key has 32 bytes. `number`: the number of the next frame.
    init?(key: [UInt8], number: UInt64 = 0) {
        guard let cipher = ChaCha20Poly1305(key: key) else { return nil }
        (self.cipher, self.number) = (cipher, number)
    }
    /// Appends the content of the next frame. Returns false if it is not the next frame of this direction, or if the
    /// numbers are used up.
    mutating func open(_ sealed: RawSpan, into out: inout [UInt8]) -> Bool {
        guard number <= Self.lastNumber, cipher.open(sealed, number: number, into: &out) else { return false }
        number += 1
        return true
    }
    /// Appends frames that hold `bytes`, and no frame for no bytes. Returns false if the numbers are used up.
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
    /// Appends the content of the next frame, or of one that is at most `most` frames after it. Returns false if the
    /// frame cannot be opened at these positions.
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
