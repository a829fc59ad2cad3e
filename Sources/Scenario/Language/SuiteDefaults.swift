/// The content of a suite file: what its scenarios have in common. A key that a scenario has itself replaces the one of
/// the suite.
struct SuiteDefaults: Sendable {
    /// The actors that scenarios can name. A scenario can describe an actor of the same name itself.
    var actors: [Scenario.Actor]
    /// The handling of messages that no step waits for, in scenarios without `defaults`.
    var defaults: [Scenario.Default]
    /// The longest time of `expect` and `poll`; nil: each of them has its own.
    var within: Template?
    /// True if `expect` skips records that do not match.
    var anyOrder: Bool
    /// The fields that `send` fills in, by the name of the message.
    var fields: [String: [Template.Member]]

    /// The internal names of the actor that sends and of the other side. No name of a scenario is like them.
    static let sender = "from#0"
    static let receiver = "to#0"
}
