import Crypto

/// The cookies of a point, which it gives with an answer and accepts in a later request. A cookie holds the number of
/// the last registration that was returned for a namespace. Only the point can create one.
struct RendezvousCookies: Sendable {
    private let secret: [UInt8]
    private static let numberSize = 8
    private static let proofSize = 16

    init(secret: [UInt8]) { self.secret = secret }
    func cookie(_ number: UInt64, _ namespace: [UInt8]?) -> [UInt8] {
        let bytes = withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
        let scope = namespace.map { [1] + $0 } ?? [0]
        return bytes + SHA256.hash(secret + bytes + scope).prefix(Self.proofSize)
    }
    /// Returns the number in a cookie; nil if this point did not create it, or created it for another namespace.
    func number(_ cookie: [UInt8], _ namespace: [UInt8]?) -> UInt64? {
        guard cookie.count == Self.numberSize + Self.proofSize else { return nil }
        let number = Self.unchecked(cookie)
        return self.cookie(number, namespace) == cookie ? number : nil
    }
    static func unchecked(_ cookie: [UInt8]) -> UInt64 {
        cookie.prefix(numberSize).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
