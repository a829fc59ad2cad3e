import Wire

/// The keys that decrypt the records of one side, in TLS 1.3 (RFC 8446, sections 5.2, 5.3 and 7.3) or TLS 1.2
/// (RFC 5246, sections 6.2.3 and 6.3). It is an object, so that a direction of a connection refers to it without copies.
final class TrafficKeys: Sendable {
    private enum Cipher {
        case aead(AEADKey)
        case cbc(CBCKey)
    }
    let key: [UInt8]
    /// The initialization vector. In TLS 1.2 it may be only the beginning of each nonce, or empty.
    let iv: [UInt8]
    private let cipher: Cipher
    /// The suite and secret of TLS 1.3, from which the next keys follow; nil in TLS 1.2.
    private let origin: (suite: CipherSuite, secret: [UInt8])?

    /// Creates the keys of a secret of TLS 1.3. Returns nil if the suite is not supported or the secret does not have
    /// its size.
    init?(_ suite: CipherSuite, secret: [UInt8]) {
        guard let protection = suite.protection(in: .tls13), case .aead(let aead) = protection.cipher,
            secret.count == protection.hash.count,
            let key = HKDF.expand(secret, label: "key", count: aead.keySize, protection.hash),
            let iv = HKDF.expand(secret, label: "iv", count: AEAD.nonceSize, protection.hash),
            let cipher = AEADKey(aead, key)
        else { return nil }
        (self.key, self.iv, self.cipher, origin) = (key, iv, .aead(cipher), (suite, secret))
    }
    /// The number of bytes of a master secret.
    private static let masterSize = 48
    /// Creates the keys of one side from the master secret of TLS 1.2. Returns nil if the suite is not supported or the
    /// secret does not have its size.
    init?(_ negotiation: Negotiation, master: [UInt8], isClient: Bool) {
        guard master.count == Self.masterSize, let protection = negotiation.suite.protection(in: .tls12) else {
            return nil
        }
        let sizes = protection.cipher.sizes
        guard
            let block = PRF.expand(
                master, label: "key expansion", seed: negotiation.serverRandom + negotiation.clientRandom,
                count: 2 * sizes.reduce(0, +), protection.hash)
        else { return nil }
        // The block has the keys for MACs, the keys, and the initialization vectors: of the client, then of the server.
        var parts: [[UInt8]] = []
        var start = 0
        for size in sizes {
            let own = isClient ? start : start + size
            parts.append(Array(block[own..<own + size]))
            start += 2 * size
        }
        let cipher: Cipher? =
            switch protection.cipher {
            case .aead(let aead): AEADKey(aead, parts[1]).map { .aead($0) }
            case .cbc(let cbc):
                CBCKey(cbc, parts[1], macKey: parts[0], encryptsFirst: negotiation.encryptsFirst).map { .cbc($0) }
            }
        guard let cipher else { return nil }
        (key, iv, self.cipher, origin) = (parts[1], parts[2], cipher, nil)
    }
    /// The keys after a KeyUpdate; nil in TLS 1.2.
    var next: TrafficKeys? {
        guard let origin, let hash = origin.suite.protection(in: .tls13)?.hash else { return nil }
        return HKDF.expand(origin.secret, label: "traffic upd", count: hash.count, hash)
            .flatMap { TrafficKeys(origin.suite, secret: $0) }
    }
    /// Returns the part of the nonce that a record has; nil if it has none. Most programs increase it by 1 with each
    /// record.
    func explicitNonce(of record: RawSpan) -> UInt64? {
        guard case .aead(let aead) = cipher, origin == nil, aead.algorithm.explicitSize == 8,
            record.byteCount >= Record.headerSize + 8
        else { return nil }
        return record.unsafeLoadUnaligned(fromUncheckedByteOffset: Record.headerSize, as: UInt64.self).bigEndian
    }
    /// Appends the content of a record, in TLS 1.3 with its type and padding. Returns false, and appends nothing, if
    /// the record does not have this number under these keys.
    func open(_ record: RawSpan, number: UInt64, into out: inout [UInt8]) -> Bool {
        switch cipher {
        case .aead(let aead): open(record, number, aead, into: &out)
        case .cbc(let cbc): cbc.open(record, number: number, into: &out)
        }
    }
    private func open(_ record: RawSpan, _ number: UInt64, _ cipher: AEADKey, into out: inout [UInt8]) -> Bool {
        let explicit = origin == nil ? cipher.algorithm.explicitSize : 0
        let start = Record.headerSize + explicit
        let count = record.byteCount - start - cipher.algorithm.tagSize
        guard count >= 0 else { return false }
        var nonce: InlineArray<12, UInt8> = .init(repeating: 0)
        for i in iv.indices { nonce[i] = iv[i] }
        if explicit == 0 {
            for i in 0..<8 { nonce[11 - i] ^= UInt8(truncatingIfNeeded: number >> (8 * UInt64(i))) }
        } else {
            for i in 0..<8 {
                nonce[4 + i] = record.unsafeLoad(fromUncheckedByteOffset: Record.headerSize + i, as: UInt8.self)
            }
        }
        return record.withUnsafeBytes { record in
            let sealed = UnsafeRawBufferPointer(rebasing: record[start...])
            return withUnsafeBytes(of: &nonce) { nonce in
                if origin != nil {
                    let header = UnsafeRawBufferPointer(rebasing: record[..<Record.headerSize])
                    return cipher.open(sealed, nonce: nonce, additional: header, into: &out)
                }
                var additional = AdditionalData.of(record, number: number, count: count)
                return withUnsafeBytes(of: &additional) {
                    cipher.open(sealed, nonce: nonce, additional: $0, into: &out)
                }
            }
        }
    }
}
