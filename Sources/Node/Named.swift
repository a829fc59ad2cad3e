/// A named choice with a line about it: a profile, a capability, a seeded bug.
public struct Named: Hashable, Sendable {
    /// As it is written on the command line and in files.
    public var name: String
    /// What it is, in a line.
    public var summary: String
    /// A name and a line about it.
    public init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}
