/// How long the pieces of a stream are, and how much may wait to be sent.
public struct ChunkSize: Equatable, Sendable {
    /// What peers keep to, in bytes.
    public static let range = 4096...65536
    /// From 4,096 to 65,536.
    public let bytes: Int

    /// The nearest size that is allowed; 16,384 when nobody asks for one.
    public init(_ bytes: Int = 16384) { self.bytes = min(max(bytes, Self.range.lowerBound), Self.range.upperBound) }
    /// When so many bytes wait, a sender pauses.
    public var pauses: Int { 32 * bytes }
    /// When no more than so many wait, it goes on.
    public var resumes: Int { 8 * bytes }
}
