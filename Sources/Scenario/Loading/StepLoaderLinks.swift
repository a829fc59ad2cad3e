internal import Node
internal import Wire

/// The loading of steps that create and close links, and of the names of links.
extension Loader {
    /// Returns the name of an actor that the harness plays, or of a node under test if `subject` is true.
    mutating func actor(_ node: YAMLNode?, subject: Bool) -> String? {
        guard let node, let name = text(node, "an actor") else { return nil }
        guard let role = actors[name] else {
            unknown(.unknownActor, "actor", name, actors.keys.sorted(), node.span)
            return nil
        }
        if subject != (role == .dut) {
            let wanted = subject ? "dut" : "ref"
            report(.unknownActor, "`\(name)` is \(role.rawValue), expected a \(wanted)", node.span)
            return nil
        }
        return aliases[name] ?? name
    }
    /// Returns the name of an actor that accepts or refuses connections.
    mutating func listener(_ node: YAMLNode) -> String? {
        if definition?.transport == .udp {
            report(.badValue, "datagrams are not refused: `listen` and `refuse` are for protocols over TCP", node.span)
        }
        return actor(node, subject: false)
    }
    mutating func link(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "via") else { return nil }
        if !links.contains(own(name)) { unknown(.unknownLink, "link", name, links.sorted(), node.span) }
        return own(name)
    }
    mutating func newLink(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "as") else { return nil }
        links.insert(own(name))
        return own(name)
    }
    mutating func open(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .open) else { return nil }
        if let of = m["stream"] { return stream(of, m, isOurs: true) }
        let from = actor(m["from"], subject: false)
        let to = actor(m["to"], subject: true)
        let within = time(m["within"], "within")
        guard let link = newLink(m["as"]), let from, let to else { return nil }
        let target = m["target"].flatMap { layers($0, "target") == nil ? nil : template($0) }
        return .open(
            from: from, to: to, link: link, within: within, isBare: flag(m["bare"], "bare") ?? false,
            up: layer(m["up"], "up", orTransport: true), target: target)
    }
    mutating func accept(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .accept) else { return nil }
        if let of = m["stream"] { return stream(of, m, isOurs: false) }
        let at = actor(m["at"], subject: false)
        let from = actor(m["from"], subject: true)
        let within = time(m["within"], "within")
        let since = since(m["since"])
        guard let link = newLink(m["as"]), let at, let from else { return nil }
        return .accept(
            at: at, from: from, link: link, within: within, since: since,
            up: layer(m["up"], "up", orTransport: true))
    }
    /// Reads a step for a channel in a layer of another link.
    mutating func stream(_ of: YAMLNode, _ m: Members, isOurs: Bool) -> Verb? {
        let of = layers(of, "stream") == nil ? nil : link(of)
        let within = time(m["within"], "within")
        let speaks = m["proto"].map { leaf($0, .text, "proto") }
        guard let link = newLink(m["as"]), let of else { return nil }
        return .stream(StreamStep(of: of, link: link, speaks: speaks, within: within, isOurs: isOurs))
    }
    /// Returns the layers below the protocol; reports if it has none.
    mutating func layers(_ node: YAMLNode, _ what: String) -> [String]? {
        guard let definition else { return nil }
        // A protocol that is itself a layer does not count: its messages are used directly.
        let layers = definition.layers?.layers.map(\.name).filter { $0 != definition.name } ?? []
        if !layers.isEmpty { return layers }
        report(
            .badValue,
            "\(definition.name) runs directly on \(definition.transport.rawValue): `\(what)` has no effect",
            node.span)
        return nil
    }
    /// Returns the name of a layer below the protocol, or of its transport if that is allowed.
    mutating func layer(_ node: YAMLNode?, _ what: String, orTransport: Bool) -> String? {
        guard let node, let definition, let layers = layers(node, what) else { return nil }
        return word(node, what, "layer", among: layers + (orTransport ? [definition.transport.rawValue] : []))
    }
    mutating func close(_ node: YAMLNode) -> Verb? {
        guard let m = members(node, .close), let link = link(m["via"]) else { return nil }
        let how = word(m["how"], "how", "way to close", among: Closing.allCases.map(\.rawValue))
        let closing = how.flatMap { Closing(rawValue: $0) } ?? .fin
        if closing == .half, let node = m["how"], definition?.transport == .udp {
            report(.badValue, "datagrams have no half close: `how: half` is for protocols over TCP", node.span)
        }
        return .close(link: link, closing)
    }
}
