internal import COpenSSL

/// The hash of a cipher suite, from which its keys are derived, or which authenticates its records.
enum SuiteHash {
    /// Only authenticates records.
    case sha1
    case sha256
    case sha384
    /// The number of bytes of a hash, and of every secret of TLS 1.3.
    var count: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        }
    }
    private var function: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        }
    }

    /// Computes HMAC (RFC 2104). Returns nil if OpenSSL fails.
    func mac(_ key: [UInt8], _ bytes: [UInt8]) -> [UInt8]? {
        var written: UInt32 = 0
        var isGood = false
        let out = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            isGood =
                HMAC(function, key, Int32(key.count), bytes, bytes.count, out.baseAddress, &written) != nil
                && Int(written) == count
            filled = isGood ? count : 0
        }
        return isGood ? out : nil
    }
}
