internal import Node
internal import Wire

/// The names that a filter may use.
final class FilterNames {
    let definitions: [Definition]
    /// The meanings found so far, because each search builds the descriptions of all messages.
    private var known: [String: Meaning?] = [:]
    /// True if the filter names messages of layers, which captures list only on request.
    private(set) var hasNamedLayers = false
    /// True if the filter tests which message answers which.
    private(set) var hasAnswers = false
    init(_ definitions: [Definition]) { self.definitions = definitions }

    enum Meaning {
        case record(RecordField)
        case protocolName(String)
        case type(any Message.Type)
        /// A name of records with bytes that are not a message.
        case name(String)
        /// The field in each type of message that has it, at least one.
        case message([FilterPath])
    }

    /// The names that records have.
    var messages: [String] {
        var names: [String] = []
        for d in definitions {
            names += d.recorded.map { $0.name.description }
            names += Self.broken(d.name)
        }
        names += layerMessages.map { $0.name.description }
        for name in layerNames { names += Self.broken(name) }
        return names
    }
    /// Returns the names of records that are not whole messages of a protocol or a layer.
    private static func broken(_ name: String) -> [String] {
        [name + ".malformed", name + ".incomplete", name + ".finding"]
    }
    /// The messages of the layers that are not protocols of their own, such as frames of yamux.
    private lazy var layerMessages: [any Message.Type] = {
        var known = Set(definitions.flatMap(\.recorded).map { ObjectIdentifier($0) })
        return definitions.flatMap { $0.reading.layers?.layers.flatMap(\.messages) ?? [] }
            .filter { known.insert(ObjectIdentifier($0)).inserted }
    }()
    private lazy var layerNames: [String] = {
        var known = Set(definitions.map(\.name))
        return definitions.flatMap { $0.reading.layers?.layers.map(\.name) ?? [] }.filter { known.insert($0).inserted }
    }()
    func meaning(_ word: String) -> Meaning? {
        if let known = known[word] { return known }
        let found = find(word)
        switch found {
        case .record(.answers), .record(.answerTime): hasAnswers = true
        case .type(let type): nameLayers([type], byName: true)
        case .message(let paths):
            let types = paths.map(\.type)
            nameLayers(types, byName: types.contains { isOwner($0, of: word) })
        default: break
        }
        known[word] = .some(found)
        return found
    }
    /// Notes that the filter names messages of these types. The name of a message of a layer that is a protocol of its
    /// own, such as `websocket.frame`, counts. A field that such a message has among others does not.
    private func nameLayers(_ types: [any Message.Type], byName: Bool) {
        let layers = byName ? layerTypes : layerMessages
        if types.contains(where: { type in layers.contains { $0 == type } }) { hasNamedLayers = true }
    }
    /// Notes a test of the names of messages, such as `message == libp2p.identify`. A test for a part of a name, such as
    /// `message contains yamux`, names layers if only their messages pass.
    func nameLayers(by test: FilterTest) {
        let names = Set(layerTypes.map { $0.name.description })
        guard names.contains(where: test.holds(forName:)) else { return }
        let others = definitions.flatMap(\.recorded).map { $0.name.description }.filter { !names.contains($0) }
        switch test {
        case .compare, .among: hasNamedLayers = true
        case .contains, .matches: if !others.contains(where: test.holds(forName:)) { hasNamedLayers = true }
        }
    }
    /// Returns true if a path begins with the name of the message.
    private func isOwner(_ type: any Message.Type, of path: String) -> Bool {
        let own = path.hasPrefix("fields.") ? path.dropFirst(7) : path[...]
        return own.hasPrefix(type.name.description + ".")
    }
    /// The messages of all layers.
    private lazy var layerTypes: [any Message.Type] = definitions.flatMap {
        $0.reading.layers?.layers.flatMap(\.messages) ?? []
    }
    private func find(_ word: String) -> Meaning? {
        if let field = RecordField(rawValue: word) { return .record(field) }
        let types = definitions.flatMap(\.recorded) + layerMessages
        if let d = definitions.first(where: { $0.name == word }) { return .protocolName(d.name) }
        if let type = types.first(where: { $0.name.description == word }) { return .type(type) }
        if messages.contains(word) { return .name(word) }
        var path = Substring(word)
        if path.hasPrefix("fields.") { path = path.dropFirst(7) }
        // The longest message name that is a prefix of the path.
        let owner = types.filter { path.hasPrefix($0.name.description + ".") }.max {
            $0.name.utf8CodeUnitCount < $1.name.utf8CodeUnitCount
        }
        if let owner {
            guard let found = FilterPath(path.dropFirst(owner.name.description.count + 1), in: owner) else {
                return nil
            }
            return .message([found])
        }
        var among = definitions.flatMap(\.recorded)
        let owning = definitions.first { path.hasPrefix($0.name + ".") }
        if let owning {
            among = owning.recorded
            path = path.dropFirst(owning.name.count + 1)
        }
        let found = among.compactMap { FilterPath(path, in: $0) }
        if !found.isEmpty { return .message(found) }
        // A path that no message of a protocol has may be one of a layer.
        let below = owning == nil ? layerMessages.compactMap { FilterPath(path, in: $0) } : []
        return below.isEmpty ? nil : .message(below)
    }
    /// Returns the error for an unknown word.
    func unknown(_ token: FilterToken) -> FilterError {
        if let ours = WiresharkNames.ours(token.text), ours.contains(" ") || meaning(ours) != nil {
            return FilterError(
                message: "nothing is called `\(token.text)` here" + NearestName.suggestion(ours), range: token.range)
        }
        var known = RecordField.allCases.map(\.rawValue) + definitions.map(\.name) + messages
        let types = definitions.flatMap(\.recorded) + layerMessages
        let bare = token.text.hasPrefix("fields.") ? String(token.text.dropFirst(7)) : token.text
        for type in types {
            let name = type.name.description
            let paths = FilterPath.all(of: type)
            if bare.hasPrefix(name + ".") {
                let rest = String(bare.dropFirst(name.count + 1))
                let near =
                    NearestName.nearest(rest, in: paths)
                    ?? rest.split(separator: ".").last.flatMap { last in paths.first { $0.hasSuffix("." + last) } }
                let meant = near.map { NearestName.suggestion("\(name).\($0)") } ?? "; it has \(Self.list(paths))"
                return FilterError(message: "\(name) has no field `\(rest)`\(meant)", range: token.range)
            }
            known += paths
        }
        // Users often remember only the last step of a longer path.
        let near =
            NearestName.nearest(bare, in: known) ?? known.first { $0.hasSuffix("." + bare) }
            ?? known.first { $0.hasPrefix(bare + ".") }
        let isOfPackets = WiresharkNames.packets.contains { token.text.hasPrefix($0) }
        let meant =
            near.map { NearestName.suggestion($0) }
            ?? (isOfPackets ? ": a filter is about messages; `stats` counts packets and segments" : "")
        return FilterError(message: "nothing is called `\(token.text)`\(meant)", range: token.range)
    }
    static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}

extension Definition {
    /// The messages that appear in records of the protocol.
    fileprivate var recorded: [any Message.Type] { messages + contents }
}
