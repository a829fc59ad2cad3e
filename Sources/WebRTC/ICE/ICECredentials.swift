public import Node

/// The short-term credentials of one side of ICE (RFC 8445, section 5.3).
public struct ICECredentials: Hashable, Sendable {
    /// The user name fragment, 4 to 256 characters.
    public var ufrag: String
    /// The password, 22 to 256 characters.
    public var password: String

    /// Creates known credentials.
    public init(ufrag: String, password: String) { (self.ufrag, self.password) = (ufrag, password) }
    /// Creates random credentials: 48 bits for the fragment, 144 bits for the password.
    public init(_ random: inout Random) {
        self.init(ufrag: Self.text(8, &random), password: Self.text(24, &random))
    }
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static func text(_ count: Int, _ random: inout Random) -> String {
        String(decoding: random.bytes(count).map { letters[Int($0 & 63)] }, as: UTF8.self)
    }
    var key: [UInt8] { Array(password.utf8) }
}

/// The times of ICE.
public enum ICETimes {
    /// The interval between first checks (RFC 8445, section 14.2: at least 5 ms).
    static let pace = Duration.milliseconds(20)
    /// The time until the first retransmission of a check. It doubles each time.
    static let retransmission = Duration.milliseconds(250)
    /// The number of transmissions of a check (RFC 8489, section 6.2.1: Rc).
    static let transmissions = 7
    /// The time after both descriptions are known within which a path must be found.
    public static let connecting = Duration.seconds(30)
    /// The mean interval of consent checks, and the time without an answer after which consent has expired (RFC 7675,
    /// section 5.1).
    static let consentInterval = Duration.seconds(5)
    public static let consent = Duration.seconds(30)
}
