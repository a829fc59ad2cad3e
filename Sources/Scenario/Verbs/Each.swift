internal import Node
internal import Wire

/// `each`: the same steps for each actor of a crowd.
struct EachVerb: NamedVerb {
    static let key = Key("each", .text, "a crowd: the same steps for each of its actors")
    static let modifiers = [Key("do", .steps, "for each: the steps for one actor of the crowd", required: true)]
    var crowd: String
    var steps: [Step]

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let crowd = loader.text(step.value, "each") else { return nil }
        guard let count = loader.crowds[crowd]?.count else {
            loader.unknown(.unknownActor, "crowd", crowd, loader.crowds.keys.sorted(), step.value.span)
            return nil
        }
        guard let block = step.modifiers["do"] else {
            loader.report(.missingKey, "`each` needs `do`: the steps for one actor of the crowd", step.span)
            return nil
        }
        let links = loader.madeLinks(in: block)
        loader.crowds[crowd]?.links.formUnion(links)
        var steps: [Step] = []
        for number in 1...count { steps += loader.steps(block, of: crowd, number: number) }
        return Self(crowd: crowd, steps: steps)
    }
    var text: String { "each of \(crowd)" }
    var blocks: Blocks { .sequence(steps, isCertain: true) }

    func start(_ step: Step, in run: CaseRun) { run.enter(steps, mark: step.mark) }
}

/// Actors that a scenario describes once, and the links that steps make for each of them.
struct Crowd {
    var count: Int
    /// The names of the links, without the number of the actor.
    var links: Set<String> = []

    /// Returns the name of one actor or link of a crowd, such as `p.3`.
    static func name(_ name: String, _ number: Int) -> String { "\(name).\(number)" }
}

extension Loader {
    /// Returns the steps for one actor of a crowd. In them the names of the crowd and of its links are those of that
    /// actor.
    fileprivate mutating func steps(_ block: YAMLNode, of crowd: String, number: Int) -> [Step] {
        let outer = (aliases, renamed)
        aliases[crowd] = Crowd.name(crowd, number)
        for link in crowds[crowd]?.links ?? [] { renamed[link] = Crowd.name(link, number) }
        defer {
            (aliases, renamed) = outer
            // Later steps know the links by the name that all of them have.
            for link in crowds[crowd]?.links ?? [] { names.insert(link) }
        }
        return steps(block, "do")
    }
    /// Returns the names of the links that the steps make: those after `as`, and those that fragments are given.
    fileprivate func madeLinks(in block: YAMLNode) -> Set<String> {
        var out: Set<String> = []
        func take(_ node: YAMLNode?) {
            guard case .scalar(let s, false)? = node?.content, actors[s] == nil, s.first?.isLetter ?? false,
                s.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            else { return }
            out.insert(s)
        }
        func walk(_ node: YAMLNode) {
            switch node.content {
            case .mapping(let members):
                for verb in [OpenVerb.key.name, AcceptVerb.key.name] { take(node[verb]?["as"]) }
                if node[UseVerb.key.name] != nil { for m in node["with"]?.members ?? [] { take(m.value) } }
                members.forEach { walk($0.value) }
            case .sequence(let items): items.forEach(walk)
            case .scalar: break
            }
        }
        walk(block)
        return out
    }
}
