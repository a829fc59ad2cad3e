internal import COpenSSL

/// An integer of any size. It is cleared and freed when it is destroyed.
struct Number: ~Copyable {
    let raw: OpaquePointer
    init(taking raw: OpaquePointer) { self.raw = raw }
    init?(_ bytes: [UInt8] = []) {
        guard let raw = BN_bin2bn(bytes, Int32(truncatingIfNeeded: bytes.count), nil) else { return nil }
        self.raw = raw
    }
    deinit { BN_clear_free(raw) }
    /// Returns the number as `count` big-endian bytes; nil if it is longer.
    func bytes(_ count: Int) -> [UInt8]? {
        var out = [UInt8](repeating: 0, count: count)
        return BN_bn2binpad(raw, &out, Int32(truncatingIfNeeded: count)) == count ? out : nil
    }
}

/// Points and signatures for private keys on a curve with 32-byte numbers. OpenSSL 3.0 signs only with random nonces,
/// but a simulation must produce the same bytes each time.
struct CurveArithmetic: ~Copyable {
    private let curve: EllipticCurve
    private let group: OpaquePointer
    private let context: OpaquePointer
    private let order: OpaquePointer

    init?(_ curve: EllipticCurve) {
        guard curve.size == 32, let group = EC_GROUP_new_by_curve_name(curve.identifier) else { return nil }
        guard let context = BN_CTX_new(), let order = EC_GROUP_get0_order(group) else {
            EC_GROUP_free(group)
            return nil
        }
        (self.curve, self.group, self.context, self.order) = (curve, group, context, order)
    }
    deinit {
        BN_CTX_free(context)
        EC_GROUP_free(group)
    }
    /// Returns the public point of a private key; nil unless the key is 32 bytes, not zero, and less than the order.
    func point(_ secret: [UInt8]) -> [UInt8]? {
        guard let number = scalar(secret) else { return nil }
        return withMultiple(number.raw) { point in
            let form = curve.isCompressed ? POINT_CONVERSION_COMPRESSED : POINT_CONVERSION_UNCOMPRESSED
            var out = [UInt8](repeating: 0, count: curve.pointSize)
            return EC_POINT_point2oct(group, point, form, &out, out.count, context) == out.count ? out : nil
        }
    }
    /// Returns the signature of a 32-byte hash in DER; nil if the private key is invalid.
    func sign(_ hash: [UInt8], _ secret: [UInt8]) -> [UInt8]? {
        guard let key = scalar(secret), let message = Number(hash), reduce(message.raw, message.raw, order),
            let reduced = message.bytes(32)
        else { return nil }
        var nonces = Nonces(secret, reduced)
        // Each nonce is usable except with a probability of less than 2^-32.
        for _ in 0..<64 {
            guard let nonce = scalar(nonces.next()) else { continue }
            guard let signature = sign(message.raw, key.raw, nonce.raw) else { continue }
            return signature
        }
        return nil
    }
    private func sign(_ message: OpaquePointer, _ key: OpaquePointer, _ nonce: OpaquePointer) -> [UInt8]? {
        guard let r = Number(), let s = Number(), let inverse = Number() else { return nil }
        let isPoint = withMultiple(nonce) { EC_POINT_get_affine_coordinates(group, $0, r.raw, nil, context) == 1 }
        guard isPoint == true, reduce(r.raw, r.raw, order), BN_is_zero(r.raw) == 0,
            // s = (message + r * key) / nonce
            BN_mod_mul(s.raw, r.raw, key, order, context) == 1,
            BN_mod_add(s.raw, s.raw, message, order, context) == 1,
            BN_mod_inverse(inverse.raw, nonce, order, context) != nil,
            BN_mod_mul(s.raw, s.raw, inverse.raw, order, context) == 1, BN_is_zero(s.raw) == 0,
            let half = Number(), BN_rshift1(half.raw, order) == 1
        else { return nil }
        if curve.isCompressed, BN_cmp(s.raw, half.raw) > 0, BN_sub(s.raw, order, s.raw) != 1 { return nil }
        return der(r, s)
    }
    private func der(_ r: borrowing Number, _ s: borrowing Number) -> [UInt8]? {
        guard let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        guard let first = BN_dup(r.raw), let second = BN_dup(s.raw),
            // From here on the signature owns the two numbers.
            ECDSA_SIG_set0(signature, first, second) == 1
        else { return nil }
        let count = Int(i2d_ECDSA_SIG(signature, nil))
        guard count > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            var at = out.baseAddress
            filled = i2d_ECDSA_SIG(signature, &at) == count ? count : 0
        }
    }
    private func scalar(_ bytes: [UInt8]) -> Number? {
        guard bytes.count == 32, let number = Number(bytes), BN_is_zero(number.raw) == 0, BN_cmp(number.raw, order) < 0
        else { return nil }
        return number
    }
    private func reduce(_ out: OpaquePointer, _ number: OpaquePointer, _ by: OpaquePointer) -> Bool {
        BN_div(nil, out, number, by, context) == 1
    }
    /// Passes the product of a number and the base point to `body`.
    private func withMultiple<R>(_ number: OpaquePointer, _ body: (OpaquePointer) -> R?) -> R? {
        guard let point = EC_POINT_new(group) else { return nil }
        defer { EC_POINT_clear_free(point) }
        return EC_POINT_mul(group, point, number, nil, nil, context) == 1 ? body(point) : nil
    }
}

/// The deterministic nonces of a key and a message (RFC 6979, section 3.2), for an order of 256 bits.
private struct Nonces {
    private var key = [UInt8](repeating: 0, count: 32)
    private var value = [UInt8](repeating: 1, count: 32)

    /// Seeds the generator. `hash` must be less than the order.
    init(_ secret: [UInt8], _ hash: [UInt8]) {
        mix([0] + secret + hash)
        mix([1] + secret + hash)
    }
    /// Returns the next 32 bytes. They may be invalid as a number of the curve.
    mutating func next() -> [UInt8] {
        value = HMACSHA256.code(value, key: key)
        defer { mix([0]) }
        return value
    }
    private mutating func mix(_ bytes: [UInt8]) {
        key = HMACSHA256.code(value + bytes, key: key)
        value = HMACSHA256.code(value, key: key)
    }
}
