public import Node

/// The options of `FlowTable` and `CaptureReader`: how to detect protocols, what to check, and how much to keep.
public struct ReadingOptions: Sendable {
    /// The protocols of ports. They take precedence over well-known ports and first bytes. A rule for a protocol that
    /// is not looked for has no effect. Empty by default.
    public var rules: [DecodeAs]
    /// The degree to which passive observers check messages; `.state` by default.
    public var scrutiny: Scrutiny
    /// The keys for layers that encrypt; empty by default. This is an object because it may grow while reading, and
    /// because `CaptureReader` adds the keys in the files.
    public var secrets: Secrets
    /// True to check the checksums of IPv4, TCP and UDP. A packet with a wrong one is reported and dropped, as its
    /// receiver does. False by default.
    public var checksums: Bool
    /// The limits on memory.
    public var limits: CaptureLimits

    /// Creates options. An argument that is left out has the default of its property.
    public init(
        rules: [DecodeAs] = [], scrutiny: Scrutiny = .state, secrets: Secrets = Secrets(), checksums: Bool = false,
        limits: CaptureLimits = CaptureLimits()
    ) {
        (self.rules, self.scrutiny, self.secrets) = (rules, scrutiny, secrets)
        (self.checksums, self.limits) = (checksums, limits)
    }
}
