internal import Crypto
internal import Wire

/// The checks of STUN messages as bytes: the HMAC that proves the knowledge of a password, and the checksum that
/// distinguishes STUN from other protocols (RFC 8489, sections 14.5 and 14.7).
public enum STUNIntegrity {
    /// Returns true if MESSAGE-INTEGRITY is the HMAC-SHA1 of the bytes before it under `key`, and false if it is not.
    /// Nil if the message lacks it. With short-term credentials, as in ICE, the key is a password in UTF-8: a request has
    /// the receiver's, and an answer the sender's.
    public static func isSigned(_ bytes: RawSpan, key: [UInt8]) -> Bool? {
        guard let place = place(of: .messageIntegrity, in: bytes), place.count == HMACSHA1.count else { return nil }
        return bytes.withUnsafeBytes { all in
            HMACSHA1.code(head(all, to: place.start), key: key).elementsEqual(
                all[place.start + 4..<place.start + 4 + place.count])
        }
    }
    /// Returns true if FINGERPRINT is the last attribute and fits the bytes before it, and false if it does not. Nil if
    /// the message has none.
    public static func hasFingerprint(_ bytes: RawSpan) -> Bool? {
        guard let place = place(of: .fingerprint, in: bytes) else { return nil }
        guard place.count == 4, place.start + 8 == bytes.byteCount else { return false }
        let told = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place.start + 4, as: UInt32.self).bigEndian
        return told == fingerprint(bytes.extracting(0..<place.start))
    }
    /// Returns the value of FINGERPRINT for the bytes before it, whose length field already counts it.
    static func fingerprint(_ bytes: RawSpan) -> UInt32 { CRC32.checksum(bytes) ^ 0x5354_554e }

    /// Returns the bytes up to an attribute, with the length of a message that ends with it.
    fileprivate static func head(_ all: UnsafeRawBufferPointer, to start: Int) -> [UInt8] {
        var head = Array(all[..<start])
        let count = start + 4 + HMACSHA1.count - STUNMessage.headerSize
        (head[2], head[3]) = (UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count))
        return head
    }
    /// Returns the offset of the first attribute of a type and the number of bytes of its value; nil if the message
    /// lacks it, or if the bytes are no whole message.
    private static func place(of type: STUNAttributeType, in bytes: RawSpan) -> (start: Int, count: Int)? {
        guard STUNMessage.isMessage(bytes) else { return nil }
        var at = STUNMessage.headerSize
        while at + 4 <= bytes.byteCount {
            let kind = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt16.self).bigEndian
            let count = Int(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 2, as: UInt16.self).bigEndian)
            guard at + 4 + count <= bytes.byteCount else { return nil }
            if kind == type.rawValue { return (at, count) }
            at += 4 + (count + 3) / 4 * 4
        }
        return nil
    }
}

extension STUNMessage {
    /// Returns the encoding with FINGERPRINT as its last attribute, and MESSAGE-INTEGRITY before it if there is a key.
    /// Attributes of these types that the message has already are left out.
    public func encoded(signedWith key: [UInt8]?) -> [UInt8] {
        var message = self
        message.length.stored = nil
        message.attributes.removeAll { $0.type == .messageIntegrity || $0.type == .fingerprint }
        if let key {
            message.attributes.append(STUNAttribute(hmac: Fixed()))
            let bytes = message.encoded()
            let head = bytes.withUnsafeBytes { STUNIntegrity.head($0, to: $0.count - 4 - HMACSHA1.count) }
            let code = HMACSHA1.code(head, key: key)
            message.attributes[message.attributes.count - 1].hmac = Fixed(code) ?? Fixed()
        }
        message.attributes.append(STUNAttribute(crc: 0))
        let bytes = message.encoded()
        let crc = STUNIntegrity.fingerprint(bytes.span.bytes.extracting(0..<bytes.count - 8))
        message.attributes[message.attributes.count - 1].crc = crc
        return message.encoded()
    }
}
