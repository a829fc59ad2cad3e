internal import Wire

/// One step: a verb and what modifies it.
struct Step: Sendable {
    var verb: Verb
    /// Where the verb stands.
    var span: Span
    var label: String?
    /// Requirement that the step proves.
    var requirement: RequirementUse?
    var condition: Expression?
    /// Name under which the time of its end is kept.
    var mark: String?
    /// Verdict when it does not hold.
    var otherwise: Verdict?
    /// Verdict when it holds.
    var verdict: Verdict?
    var because: String?
}

/// A requirement as a step names it, with a level of its own if it says one.
struct RequirementUse: Sendable {
    var id: String
    var level: Level?
    var span: Span
}

indirect enum Verb: Sendable {
    case open(from: String, to: String, link: String, within: TimeTemplate?)
    case accept(at: String, from: String, link: String, within: TimeTemplate?)
    case send(Send)
    case expect(Expectation)
    case never(Expectation)
    case alt([Branch])
    case close(link: String, reset: Bool)
    case assign([Template.Member])
    case assert(Expression)
    case wait(TimeTemplate)

    /// As it is written in a scenario.
    var name: String {
        switch self {
        case .open: "open"
        case .accept: "accept"
        case .send: "send"
        case .expect: "expect"
        case .never: "never"
        case .alt: "alt"
        case .close: "close"
        case .assign: "let"
        case .assert: "assert"
        case .wait: "wait"
        }
    }
}

struct Send: Sendable {
    var link: String
    var parts: [Part]
    /// Bytes in one piece; nil: all at once.
    var chop: Int?
    var every: TimeTemplate?

    enum Part: Sendable {
        case message(String, Template, Span)
        case raw(Template, Span)
    }
}

/// What should, or should never, come.
struct Expectation: Sendable {
    var link: String
    var what: What
    var whatSpan: Span
    var within: TimeTemplate?
    var window: (from: TimeTemplate, to: TimeTemplate)?
    /// `for`, of never.
    var lasting: TimeTemplate?
    var since: String?
    /// Records that do not match are stepped over.
    var anyOrder = false

    enum What: Sendable {
        /// A message; nil: any.
        case message(String?, PatternTemplate?)
        case closed
    }
    /// In words.
    var wanted: String {
        switch what {
        case .message(let name, let p): (name ?? "any message") + (p == nil ? "" : " like this")
        case .closed: "the connection to be closed"
        }
    }
}

/// One way that `alt` may go.
struct Branch: Sendable {
    var trigger: Trigger
    var span: Span
    var steps: [Step]
    var verdict: Verdict?
    var requirement: RequirementUse?
    var because: String?

    enum Trigger: Sendable {
        case expect(Expectation)
        case timeout(TimeTemplate)
    }
}
