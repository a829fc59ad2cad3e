internal import Wire

/// One step: a verb and its modifiers.
struct Step: Sendable {
    /// The place in the scenario's plan, from 1. The steps of the clean-up are numbered after all others.
    var number = 0
    /// The verb as written in the file.
    var name: String
    var verb: Verb
    /// The position of the verb.
    var span: Span
    /// The file of the step if it is a fragment.
    var source: SourceFile?
    var label: String?
    /// The requirement that the step proves.
    var requirement: RequirementUse?
    var condition: Expression?
    /// The name that stores the time at which the step ends.
    var mark: String?
    /// The verdict if the step does not hold.
    var otherwise: Verdict?
    /// The verdict if the step holds.
    var verdict: Verdict?
    var because: String?
}

/// A requirement that a step names, with its own level if the step gives one.
struct RequirementUse: Sendable {
    var id: String
    var level: Level?
    var span: Span
}

indirect enum Verb: Sendable {
    /// `isBare`: skip the messages that the protocol has a new address send first. `target`: the resource to open
    /// there.
    case open(from: String, to: String, link: String, within: Template?, isBare: Bool, up: String?, target: Template?)
    case accept(at: String, from: String, link: String, within: Template?, since: String?, up: String?)
    case stream(StreamStep)
    case send(Send)
    case build(Build)
    case expect(Expectation)
    case never(Expectation)
    /// `never` with `event: opened`: no connection to an actor may arrive.
    case neverDialed(at: String, lasting: Template, since: String?)
    case alt([Branch])
    case close(link: String, Closing)
    case assign([Template.Member])
    case assert(Expression)
    case wait(Template)
    case par([(name: String, steps: [Step])], joinsAny: Bool)
    case poll(every: Template, within: Template, until: Expression)
    case fault(FaultStep)
    case heal(String)
    /// Makes an actor accept connections from now on. `refuse` makes it refuse them.
    case listen(at: String)
    case refuse(at: String)
    /// A control, its arguments, and the name for the answer.
    case dut(String, [Template.Member], answer: String?)
    case use(String, [Step])
    case `repeat`(times: Template, name: String?, steps: [Step])
}

/// The ways in which a step closes a link.
enum Closing: String, CaseIterable, Sendable {
    /// An orderly close in both directions.
    case fin
    /// An immediate close.
    case reset
    /// A close of our side only. The node can still send, and its own close still arrives.
    case half
}

/// An `open` or `accept` step with `stream`: a channel of a layer becomes a link of its own.
struct StreamStep: Sendable {
    /// The link whose layers carry the channel.
    var of: String
    var link: String
    /// The protocol of the channel, in the terms of the layers; nil for the scenario's protocol, or for any channel
    /// that the node opens.
    var speaks: Template?
    var within: Template?
    /// True if our side opens the channel.
    var isOurs: Bool
}

struct Send: Sendable {
    var link: String
    var parts: [Part]
    /// The number of bytes per piece; nil to send everything at once.
    var chop: Int?
    var every: Template?
    /// The maximum number of bytes in one datagram.
    var limit: Template?

    enum Part: Sendable {
        case message(String, Template, Span)
        /// Raw bytes. `above`: the layer that carries them; nil for the transport.
        case raw(Template, above: String?, Span)
    }
}

/// A `build` step: it stores, under a name, the bytes that `send` would send.
struct Build: Sendable {
    var name: String
    var part: Send.Part
    /// The maximum number of bytes in one datagram.
    var limit: Template?
}

/// A message or event that must arrive, or must never arrive.
struct Expectation: Sendable {
    var link: String
    var what: What
    var whatSpan: Span
    var within: Template?
    var window: (from: Template, to: Template)?
    /// The duration `for` of a `never` step.
    var lasting: Template?
    var since: String?
    /// True if records that do not match are skipped.
    var anyOrder = false
    /// The number of matches that must arrive.
    var count = 1
    /// The level of its messages (`Definition.level`). Each level has its own queue.
    var level = 0
    /// Returns whether both expectations take records from the same queue.
    func isBeside(_ other: Self) -> Bool { link == other.link && level == other.level }

    enum What: Sendable {
        /// A message; the name is nil for any message.
        case message(String?, PatternTemplate?)
        /// Exactly these bytes, regardless of their meaning.
        case raw(Template)
        case closed
        /// The name of the message; nil for any message, or if a message is not expected.
        var message: String? { if case .message(let name, _) = self { name } else { nil } }
    }
    var wanted: String {
        switch what {
        case .message(let name, let p): (name ?? "any message") + (p == nil ? "" : " like this")
        case .raw: "these bytes"
        case .closed: "the connection to be closed"
        }
    }
}

/// One branch of `alt`.
struct Branch: Sendable {
    var trigger: Trigger
    var span: Span
    var steps: [Step]
    var verdict: Verdict?
    var requirement: RequirementUse?
    var because: String?

    enum Trigger: Sendable {
        case expect(Expectation)
        case timeout(Template)
    }
}

/// A `fault` step: a disturbance on a link until it is healed.
struct FaultStep: Sendable {
    /// The name to heal it by.
    var name: String
    /// The actor whose bytes are disturbed, and the actor that they are sent to.
    var from: String
    var to: String
    /// True if both directions are disturbed.
    var isMutual: Bool
    var effects: [Effect]
    var span: Span

    /// One effect whose numbers are not evaluated yet.
    struct Effect: Sendable {
        var kind: Kind
        var message: String?
        /// The path of the field whose bytes are disturbed.
        var field: String?
        /// The numeric arguments: frame, nth, prob, times, behind, to, sizes, bytes.
        var numbers: [String: Template]
        /// The durations: by, every.
        var times: [String: Template]
        var span: Span
    }
    enum Kind: String, CaseIterable, Sendable {
        case drop
        case delay
        case dup
        case reorder
        case corrupt
        case truncate
        case chop
        case rate
        case partition
    }
}

extension Verb {
    /// The expectations that the verb waits for.
    var expectations: [Expectation] {
        switch self {
        case .expect(let e), .never(let e): [e]
        case .alt(let branches): branches.compactMap { if case .expect(let e) = $0.trigger { e } else { nil } }
        default: []
        }
    }
    /// True if the verb sends something on an existing link.
    var says: Bool {
        switch self {
        case .send: true
        case .stream(let s): s.isOurs
        default: false
        }
    }
    /// The steps inside it.
    var inner: [Step] {
        switch self {
        case .alt(let branches): branches.flatMap(\.steps)
        case .par(let branches, _): branches.flatMap(\.steps)
        case .use(_, let steps), .repeat(_, _, let steps): steps
        default: []
        }
    }
}

extension [Step] {
    /// All steps including nested ones. A step precedes the steps inside it.
    var flattened: [Step] { flatMap { [$0] + $0.verb.inner.flattened } }
    /// The ids of the requirements that steps and branches prove, each once.
    var claims: [String] {
        var out: [String] = []
        func take(_ r: RequirementUse?) { if let r, !out.contains(r.id) { out.append(r.id) } }
        for s in flattened {
            take(s.requirement)
            if case .alt(let branches) = s.verb { branches.forEach { take($0.requirement) } }
        }
        return out
    }
}
