internal import Network
internal import Node

/// `listen`: an actor accepts connections from now on, on the same address as before.
struct ListenVerb: NamedVerb {
    static let key = Key("listen", .text, "a ref actor accepts connections again")
    var actor: String

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.listener(step.value).map { Self(actor: $0) }
    }
    var text: String { "listen at \(actor)" }
    var listeningActor: String? { actor }

    func start(_ step: Step, in run: CaseRun) {
        do throws(NetworkError) {
            try run.node.listenAgain(actor)
            run.held(step)
        } catch {
            run.broken("\(error)", step.span, step.source)
        }
    }
}

/// `refuse`: an actor refuses connections from now on.
struct RefuseVerb: NamedVerb {
    static let key = Key("refuse", .text, "a ref actor refuses connections from now on")
    var actor: String

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        loader.listener(step.value).map { Self(actor: $0) }
    }
    var text: String { "refuse at \(actor)" }
    var listeningActor: String? { actor }

    func start(_ step: Step, in run: CaseRun) {
        run.node.refuse(actor)
        run.held(step)
    }
}

extension Loader {
    /// Returns the name of an actor that accepts or refuses connections.
    fileprivate mutating func listener(_ node: YAMLNode) -> String? {
        if definition?.transport == .udp {
            report(.badValue, "datagrams are not refused: `listen` and `refuse` are for protocols over TCP", node.span)
        }
        return actor(node, subject: false)
    }
}
