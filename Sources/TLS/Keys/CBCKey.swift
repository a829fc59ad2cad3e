internal import COpenSSL
import Wire

/// The algorithms of a suite of TLS 1.2 with AES-CBC: encryption, and HMAC with a key of its own.
struct CBC: Equatable {
    var keySize: Int
    var hash: SuiteHash

    /// The number of bytes of a block, and of the initialization vector in front of each record.
    static let blockSize = 16
}

/// The keys of one side for AES-CBC with HMAC (RFC 5246, section 6.2.3.2, and RFC 7366).
///
/// It is an object because it has a context of OpenSSL. It is Sendable although the compiler cannot check it: it
/// belongs to one layer, which is called from one place at a time.
final class CBCKey: @unchecked Sendable {
    private let algorithm: CBC
    private let macKey: [UInt8]
    /// True if the MAC authenticates what was encrypted, and not the content.
    private let encryptsFirst: Bool
    private let context: OpaquePointer

    /// Returns nil if the key does not have its size, or if OpenSSL fails.
    init?(_ algorithm: CBC, _ key: [UInt8], macKey: [UInt8], encryptsFirst: Bool) {
        guard key.count == algorithm.keySize, let context = EVP_CIPHER_CTX_new() else { return nil }
        (self.algorithm, self.macKey, self.encryptsFirst, self.context) = (algorithm, macKey, encryptsFirst, context)
        let cipher = key.count == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc()
        guard EVP_DecryptInit_ex(context, cipher, nil, key, nil) == 1, EVP_CIPHER_CTX_set_padding(context, 0) == 1
        else { return nil }
    }
    deinit { EVP_CIPHER_CTX_free(context) }

    /// Appends the content of a record. Returns false, and appends nothing, if the record does not have this number under
    /// these keys.
    func open(_ record: RawSpan, number: UInt64, into out: inout [UInt8]) -> Bool {
        let all = record.withUnsafeBytes { [UInt8]($0) }
        let sealed = all[Record.headerSize...]
        let tag = algorithm.hash.count
        let blocks = encryptsFirst ? sealed.dropLast(tag) : sealed
        guard blocks.count >= 2 * CBC.blockSize, blocks.count % CBC.blockSize == 0 else { return false }
        if encryptsFirst, !fits(sealed.suffix(tag), blocks, all, number) { return false }
        guard let plain = decrypt(blocks), let padding = plain.last.map({ Int($0) + 1 }),
            padding + (encryptsFirst ? 0 : tag) <= plain.count,
            plain.suffix(padding).allSatisfy({ Int($0) + 1 == padding })
        else { return false }
        var content = plain.dropLast(padding)
        if !encryptsFirst {
            let mac = content.suffix(tag)
            content = content.dropLast(tag)
            guard fits(mac, content, all, number) else { return false }
        }
        out += content
        return true
    }
    /// Returns true if this is the MAC of a part of a record.
    private func fits(
        _ mac: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>, _ record: [UInt8], _ number: UInt64
    ) -> Bool {
        let additional = record.withUnsafeBytes { AdditionalData.of($0, number: number, count: part.count) }
        let head = additional.indices.map { additional[$0] }
        return algorithm.hash.mac(macKey, head + part).map { mac.elementsEqual($0) } ?? false
    }
    /// Decrypts blocks after the first one, which is the initialization vector.
    private func decrypt(_ blocks: ArraySlice<UInt8>) -> [UInt8]? {
        let count = blocks.count - CBC.blockSize
        var done: Int32 = 0
        var isGood = false
        let plain = blocks.withUnsafeBufferPointer { blocks in
            [UInt8](unsafeUninitializedCapacity: count + CBC.blockSize) { out, filled in
                guard let from = blocks.baseAddress else { return }
                isGood =
                    EVP_DecryptInit_ex(context, nil, nil, nil, from) == 1
                    && EVP_DecryptUpdate(context, out.baseAddress, &done, from + CBC.blockSize, Int32(count)) == 1
                    && Int(done) == count
                filled = isGood ? count : 0
            }
        }
        return isGood ? plain : nil
    }
}
