public import Node

/// How a capture is read: how `FlowTable` and `CaptureReader` tell protocols, what they check, and what they may keep.
public struct ReadingOptions: Sendable {
    /// Protocols of ports. They come before well-known ports and first bytes; those that name none of the protocols that
    /// are looked for tell nothing. None unless told.
    public var rules: [DecodeAs]
    /// How closely passive observers look at what is said; `.state` unless told.
    public var scrutiny: Scrutiny
    /// What layers that encrypt look for their keys in; none is known unless told. An object: it may grow meanwhile, and
    /// `CaptureReader` adds the keys that stand in the files.
    public var secrets: Secrets
    /// Whether checksums of IPv4, TCP and UDP are checked: a packet with a wrong one is noted and passed over, as its
    /// receiver does. False unless told.
    public var checksums: Bool
    /// What may be kept in memory.
    public var limits: CaptureLimits

    /// What is not given is as its property says.
    public init(
        rules: [DecodeAs] = [], scrutiny: Scrutiny = .state, secrets: Secrets = Secrets(), checksums: Bool = false,
        limits: CaptureLimits = CaptureLimits()
    ) {
        (self.rules, self.scrutiny, self.secrets) = (rules, scrutiny, secrets)
        (self.checksums, self.limits) = (checksums, limits)
    }
}
