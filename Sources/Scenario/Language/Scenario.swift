/// A scenario file, loaded: what to do, what must come, and which requirements that proves.
public struct Scenario: Sendable {
    /// Name of the case, such as `nano.handshake.v2-query`; never changed.
    public var id: String
    /// What is tested, in one sentence.
    public var title: String
    /// Name of the protocol's `Definition`.
    public var protocolName: String
    /// More about it (`doc`); empty when there is none.
    public var summary: String
    /// Ids of the requirements that it proves, at least one.
    public var covers: [String]
    /// Words to select by.
    public var tags: [String]
    /// Only under these profiles; empty: all.
    public var profiles: [String]
    /// The file that it was loaded from.
    public var source: SourceFile
    /// Capability names in `needs`.
    public internal(set) var needsText: String?
    var needs: Expression?
    var actors: [Actor]
    var defaults: [Default]
    var steps: [Step]
    var cleanup: [Step]

    struct Actor: Sendable {
        var name: String
        var isSubject: Bool
        /// Gives the key pair.
        var key: Template?
        var span: Span
    }
    /// What is done with records that no step waits for.
    struct Default: Sendable {
        var message: String?
        var pattern: PatternTemplate?
        var isForbidden: Bool
        var span: Span
    }
    /// Whether the node under test has to open a connection to us.
    public var isDialed: Bool { Self.accepts(steps) }
    static func accepts(_ steps: [Step]) -> Bool {
        steps.contains { step in
            switch step.verb {
            case .accept: true
            case .alt(let branches): branches.contains { accepts($0.steps) }
            default: false
            }
        }
    }
    /// Steps of the outermost list, without `cleanup`.
    public var stepCount: Int { steps.count }
    /// The steps in words, with the line they stand in: the plan that `meshspec show` prints.
    public var plan: [(line: Int, text: String)] {
        steps.map { step in
            let what =
                switch step.verb {
                case .open(let from, let to, let link, _): "open \(from) -> \(to) as \(link)"
                case .accept(let at, let from, let link, _): "accept \(from) -> \(at) as \(link)"
                case .send(let s): "send on \(s.link): " + s.parts.map(\.name).joined(separator: ", ")
                case .expect(let e): "expect on \(e.link): \(e.wanted)"
                case .never(let e): "never on \(e.link): \(e.wanted)"
                case .alt(let branches): "alt of \(branches.count)"
                case .close(let link, let reset): "close \(link)" + (reset ? " with a reset" : "")
                case .assign(let members): "let " + members.map(\.key).joined(separator: ", ")
                case .assert(let e): "assert \(e.text)"
                case .wait: "wait"
                }
            let proves = step.requirement.map { "   proves \($0.id)" } ?? ""
            return (step.span.start.line, what + (step.label.map { "   (\($0))" } ?? "") + proves)
        }
    }
}

extension Send.Part {
    var name: String {
        switch self {
        case .message(let name, _, _): name
        case .raw: "bytes"
        }
    }
}
