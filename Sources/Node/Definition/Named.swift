/// A named choice with a description: a profile, a capability, a seeded fault.
public struct Named: Hashable, Sendable {
    /// The name on the command line and in files.
    public var name: String
    /// The description, in one line.
    public var summary: String
    public init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}
