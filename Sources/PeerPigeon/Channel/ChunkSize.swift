/// The length of the pieces of a stream, and the limits for data that waits to be sent.
public struct ChunkSize: Equatable, Sendable {
    /// The range that peers use, in bytes.
    public static let range = 4096...65536
    /// The length in bytes, from 4,096 to 65,536.
    public let bytes: Int

    /// Creates the nearest allowed size; 16,384 by default.
    public init(_ bytes: Int = 16384) { self.bytes = min(max(bytes, Self.range.lowerBound), Self.range.upperBound) }
    /// The number of waiting bytes at which a sender pauses.
    public var pauses: Int { 32 * bytes }
    /// The number of waiting bytes at or below which the sender resumes.
    public var resumes: Int { 8 * bytes }
}
