internal import Wire

/// One step: a verb and what modifies it.
struct Step: Sendable {
    /// Its place in the scenario's plan, from 1; those of the clean-up follow on the others.
    var number = 0
    /// The verb as the file has it.
    var name: String
    var verb: Verb
    /// Where the verb stands.
    var span: Span
    /// The file it stands in, when that is a fragment.
    var source: SourceFile?
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
    /// `isBare`: without what the protocol has a new address say first. `target`: what is wanted there.
    case open(from: String, to: String, link: String, within: Template?, isBare: Bool, up: String?, target: Template?)
    case accept(at: String, from: String, link: String, within: Template?, since: String?, up: String?)
    case stream(StreamStep)
    case send(Send)
    case build(Build)
    case expect(Expectation)
    case never(Expectation)
    /// `never` with `event: opened`: nobody connects to an actor.
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
    /// An actor takes connections, or refuses them, from now on.
    case listen(at: String)
    case refuse(at: String)
    /// A control, what goes with it, and the name of the answer.
    case dut(String, [Template.Member], answer: String?)
    case use(String, [Step])
    case `repeat`(times: Template, name: String?, steps: [Step])
}

/// How a step closes a link.
enum Closing: String, CaseIterable, Sendable {
    /// In order, in both directions.
    case fin
    /// At once.
    case reset
    /// Our side only: what the node sends still comes, and its end.
    case half
}

/// `open` and `accept` with `stream`: a channel of a layer becomes a link of its own.
struct StreamStep: Sendable {
    /// The link whose layers carry it.
    var of: String
    var link: String
    /// What is spoken there, in the words of the layers; nil: the protocol, or whatever the node opens.
    var speaks: Template?
    var within: Template?
    /// We open it.
    var isOurs: Bool
}

struct Send: Sendable {
    var link: String
    var parts: [Part]
    /// Bytes in one piece; nil: all at once.
    var chop: Int?
    var every: Template?
    /// Bytes that one datagram may have.
    var limit: Template?

    enum Part: Sendable {
        case message(String, Template, Span)
        /// `above`: the layer that carries them; nil: the transport.
        case raw(Template, above: String?, Span)
    }
}

/// `build`: what `send` would send, under a name.
struct Build: Sendable {
    var name: String
    var part: Send.Part
    /// Bytes that one datagram may have.
    var limit: Template?
}

/// What should, or should never, come.
struct Expectation: Sendable {
    var link: String
    var what: What
    var whatSpan: Span
    var within: Template?
    var window: (from: Template, to: Template)?
    /// `for`, of never.
    var lasting: Template?
    var since: String?
    /// Records that do not match are stepped over.
    var anyOrder = false
    /// How many of them.
    var count = 1
    /// The level of its messages (`Definition.level`): each has a queue of its own.
    var level = 0
    /// Whether both take from the same queue.
    func isBeside(_ other: Self) -> Bool { link == other.link && level == other.level }

    enum What: Sendable {
        /// A message; nil: any.
        case message(String?, PatternTemplate?)
        /// Exactly these bytes, whatever they are.
        case raw(Template)
        case closed
        /// Name of the message; nil for any, and for what is none.
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
        case timeout(Template)
    }
}

/// `fault`: trouble on a link, until it is healed.
struct FaultStep: Sendable {
    /// Name to heal it by.
    var name: String
    /// The actor whose bytes are hit, and the one that they go to.
    var from: String
    var to: String
    /// Both directions.
    var isMutual: Bool
    var effects: [Effect]
    var span: Span

    /// One effect with its numbers still to be worked out.
    struct Effect: Sendable {
        var kind: Kind
        var message: String?
        /// Field path whose bytes are hit.
        var field: String?
        /// frame, nth, prob, times, behind, to, sizes, bytes.
        var numbers: [String: Template]
        /// by, every.
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
    /// What it waits for.
    var expectations: [Expectation] {
        switch self {
        case .expect(let e), .never(let e): [e]
        case .alt(let branches): branches.compactMap { if case .expect(let e) = $0.trigger { e } else { nil } }
        default: []
        }
    }
    /// Whether it puts something on a link that stands.
    var says: Bool {
        switch self {
        case .send: true
        case .stream(let s): s.isOurs
        default: false
        }
    }
    /// Steps inside it.
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
    /// Every step, with those inside others, outermost first.
    var flattened: [Step] { flatMap { [$0] + $0.verb.inner.flattened } }
    /// Ids of the requirements that steps and branches prove, each once.
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
