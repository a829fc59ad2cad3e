internal import Network
internal import Node

/// `channel`: an actor begins a data channel (WebRTC), by its own offer or by the answer to the node's offer. The
/// scenario sends the description that this makes, `sdp(link)`, and gives the node's signals to `signal`.
struct ChannelVerb: NamedVerb {
    static let schema = Schema(
        name: "channel",
        keys: [
            Key("from", .text, "a ref actor", required: true), Key("to", .text, "the dut actor", required: true),
            Key("as", .text, "name of the link", required: true),
            Key("label", .value, "offers a connection with a channel of this label"),
            Key("offer", .value, "instead: the session description (SDP) with which the node offers a connection"),
        ],
        rules: [Constraint(.one(["label", "offer"]), .missingKey, "channel has either `label` or `offer`")])
    static let key = Key("channel", .shape(schema), "an actor begins a data channel")
    var from: String
    var to: String
    var link: String
    var label: Template?
    var offer: Template?

    static func load(_ step: WrittenStep, by loader: inout Loader) -> (any Verb)? {
        guard let m = loader.members(step.value, schema) else { return nil }
        if let definition = loader.definition, definition.reference.carrier == nil {
            loader.report(.badValue, "\(definition.name) has no data channels", step.span)
        }
        let from = loader.actor(m["from"], subject: false)
        let to = loader.actor(m["to"], subject: true)
        let label = m["label"].map { loader.template($0) }
        let offer = m["offer"].map { loader.template($0) }
        guard let link = loader.newLink(m["as"]), let from, let to else { return nil }
        return Self(from: from, to: to, link: link, label: label, offer: offer)
    }
    var text: String { "\(offer == nil ? "offer" : "answer") data channel \(from) -> \(to) as \(link)" }
    var newLink: String? { link }
    func lint(_ step: Step, active: inout Set<String>, by loader: inout Loader) { active.insert(link) }

    func start(_ step: Step, in run: CaseRun) throws(EvaluationError) {
        let text = try (offer ?? label)?.term(run.scope).text ?? ""
        run.putAside(link)
        run.links[link] = try run.beginDataChannel(
            link, ours: from, theirs: to, label: text, offer: offer == nil ? nil : text, step.span)
        let deadline = run.driver.now + run.options.stretched(.seconds(10))
        run.wait(until: deadline) { [unowned run] in
            guard let channel = run.links[link]?.dataChannel else { return nil }
            if channel.description != nil {
                run.held(step)
                return nil
            }
            guard let end = channel.end else { return deadline }
            run.failed(Problem("the offer is refused: \(end)", step.span, label: "no data channel"), step)
            return nil
        }
    }
}
