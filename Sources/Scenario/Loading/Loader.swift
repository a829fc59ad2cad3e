public import Node
internal import Wire

/// The protocols, requirements and files that scenarios can refer to.
public struct Library: Sendable {
    /// The available protocols.
    public let definitions: [Definition]
    /// The fields of each message by message name. They are computed once, because every step that names a message
    /// needs them.
    let fields: [String: [FieldInfo]]
    /// The names that expressions of each protocol always know, by protocol name.
    let constants: [String: Set<String>]
    /// The fragments and suite files used so far. Many scenarios share them.
    let fragments = FragmentTrees()
    /// The requirements by protocol name.
    public var requirements: [String: RequirementList]
    /// Creates a library of protocols and their requirements. A protocol may have no requirements.
    public init(
        definitions: [Definition], requirements: [String: RequirementList] = [:],
        file: @escaping @Sendable (_ name: String, _ user: String) -> SourceFile? = { _, _ in nil }
    ) {
        self.definitions = definitions
        fields = Dictionary(
            definitions.flatMap { $0.messages.map { ($0.name.description, $0.describe()) } },
            uniquingKeysWith: { a, _ in a })
        constants = Dictionary(
            definitions.map { d in
                let settings = try? d.settings()
                let names =
                    settings.map { d.playing.constants($0).map(\.key) + d.playing.durations($0).map(\.name) } ?? []
                return (d.name, Set(names + d.drawnNames))
            }, uniquingKeysWith: { a, _ in a })
        self.requirements = requirements
        self.file = file
    }
    /// Finds a file that another file uses, by the name given there; returns nil if it cannot be read.
    public var file: @Sendable (_ name: String, _ user: String) -> SourceFile?
    /// Returns the protocol with this name.
    public func definition(_ name: String) -> Definition? { definitions.first { $0.name == name } }
}

/// The members of a map that a shape has keys for. They are few, so a linear search needs no table.
struct Members {
    var all: [YAMLNode.Member] = []
    subscript(key: String) -> YAMLNode? { all.firstIndex { $0.key == key }.map { all[$0].value } }
    func has(_ key: String) -> Bool { all.contains { $0.key == key } }
}

/// A converter from a YAML tree to its meaning, which collects all mistakes on the way.
struct Loader {
    let source: SourceFile
    let library: Library
    let places: ScalarPositions
    var diagnostics: [Diagnostic] = []
    /// The actors that the scenario has named so far.
    var actors: [String: Scenario.Role] = [:]
    /// The actors that steps and expressions name. An actor of the suite takes part only if a step names it.
    var mentioned: Set<String> = []
    /// The crowds among the actors, by name.
    var crowds: [String: Crowd] = [:]
    /// The names of the actors in the scenario that uses this fragment; empty outside of a fragment.
    var aliases: [String: String] = [:]
    /// The internal names of the fragment's parameters while the case runs. They differ from all other names.
    var renamed: [String: String] = [:]
    /// The internal names of the secret parameters of fragments.
    var secrets: Set<String> = []
    /// The names of the surrounding fragments and, at the end, this one; empty outside of a fragment.
    var chain: [String] = []
    /// The first requirement that the scenario covers; nil if it covers none.
    var covered: String?
    /// The word for that requirement in `req` of a fragment, which does not know its users.
    static let coveredWord = "covered"
    /// The number of the last step. Each step has the number after the step before it. A step precedes the steps inside
    /// it.
    var lastNumber = 0
    /// The number of fragments loaded so far, including those that fragments use.
    var fragments = 0
    /// The loaded fragments, each with the file that uses it.
    var used: [Scenario.Fragment] = []
    /// The marks and captures with their positions, to report those that are never used. Opened links are in `links`.
    var captures: [(name: String, span: Span)] = []
    var links: Set<String> = []
    var names: Set<String> = []
    var definition: Definition?
    /// The content of the suite file that the scenario or fragment names.
    var suite: SuiteDefaults?
    /// The names used in expressions. They are looked up when all names are known.
    var uses: [(name: String, span: Span)] = []

    init(_ source: SourceFile, _ library: Library, _ places: ScalarPositions? = nil) {
        self.source = source
        self.library = library
        self.places = places ?? ScalarPositions(source)
    }

    /// Returns the content of a file and its mistakes in the order of the file. The content is nil if the file is not
    /// YAML.
    static func read<T>(
        _ source: SourceFile, _ library: Library = Library(definitions: []),
        limits: YAMLLimits? = nil, _ make: (inout Self, YAMLNode) -> T?
    ) -> (T?, [Diagnostic]) {
        let (root, problems) = YAMLTree.read(source, limits)
        guard let root else { return (nil, problems) }
        var loader = Self(source, library)
        loader.diagnostics = problems
        let made = make(&loader, root)
        return (made, loader.diagnostics.sorted { $0.span.start < $1.span.start })
    }
    /// Does the same as `read`, but returns nil if there is an error.
    static func load<T>(
        _ source: SourceFile, _ library: Library = Library(definitions: []),
        limits: YAMLLimits? = nil, _ make: (inout Self, YAMLNode) -> T?
    ) -> (T?, [Diagnostic]) {
        let (made, diagnostics) = read(source, library, limits: limits, make)
        return (diagnostics.contains { $0.severity == .error } ? nil : made, diagnostics)
    }
    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, _ span: Span, _ label: String = "", notes: [String] = [],
        severity: Diagnostic.Severity = .error
    ) {
        diagnostics.append(
            Diagnostic(code, message, in: source.name, at: span, label: label, notes: notes, severity: severity))
    }
    /// Returns a name as it is while the case runs.
    func own(_ name: String) -> String { renamed[name] ?? name }
    /// Reports an unknown word, with the nearest known one.
    mutating func unknown(_ code: DiagnosticCode, _ what: String, _ word: String, _ known: [String], _ span: Span) {
        let near = NearestName.nearest(word, in: known).map { NearestName.question($0) } ?? ""
        let list = known.isEmpty || known.count > 24 ? [] : ["known: " + known.joined(separator: ", ")]
        report(code, "unknown \(what) `\(word)`", span, near, notes: list)
    }

    // Shapes

    /// Returns the members of a map with the keys of a shape; nil if the node is not a map. `key` is the position of
    /// the key that the map belongs to. Some mistakes are reported there.
    mutating func members(_ node: YAMLNode, _ shape: Schema, at key: Span? = nil) -> Members? {
        guard case .mapping(let all) = node.content else {
            report(.wrongShape, "\(shape.name) is a map, this is \(node.shape)", node.span)
            return nil
        }
        let keys = shape.keys
        var out = Members()
        out.all.reserveCapacity(all.count)
        for m in all {
            if keys.contains(where: { $0.name == m.key }) {
                out.all.append(m)
            } else if !shape.isOpen {
                unknown(.unknownKey, "key of \(shape.name)", m.key, keys.map(\.name), m.keySpan)
            }
        }
        for key in keys where key.isRequired && !out.has(key.name) {
            report(.missingKey, "\(shape.name) needs `\(key.name)`: \(key.summary)", head(node))
        }
        for rule in shape.rules where !rule.isKept(out.has) {
            let whole = rule.isAtKey ? key ?? head(node) : head(node)
            report(rule.code, rule.message, rule.culprit.flatMap { out[$0]?.span } ?? whole)
        }
        return out
    }
    /// Returns the beginning of a node, where missing keys are reported.
    func head(_ node: YAMLNode) -> Span { Span(node.span.start, node.span.start) }

    /// Returns the members of a map whose keys the author chooses; nil if there is no map. `of` describes its content.
    mutating func entries(_ node: YAMLNode?, _ what: String, of: String = "") -> [YAMLNode.Member]? {
        guard let node else { return nil }
        if case .mapping(let all) = node.content { return all }
        let verb = what.hasSuffix("s") ? "are" : "is"
        report(.wrongShape, "\(what) \(verb) a map\(of), this is \(node.shape)", node.span)
        return nil
    }
    mutating func list(_ node: YAMLNode?, _ what: String) -> [YAMLNode] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            report(.wrongShape, "\(what) is a list, this is \(node.shape)", node.span)
            return []
        }
        return items
    }
    mutating func text(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let s, let isQuoted) = node.content else {
            report(.wrongShape, "\(what) is a single value, this is \(node.shape)", node.span)
            return nil
        }
        guard isQuoted || !s.isEmpty else {
            report(.badValue, "\(what) is empty", node.span)
            return nil
        }
        return s
    }
    mutating func texts(_ node: YAMLNode?, _ what: String) -> [(text: String, span: Span)] {
        list(node, what).compactMap { item in text(item, "an item of \(what)").map { ($0, item.span) } }
    }
    mutating func flag(_ node: YAMLNode?, _ what: String) -> Bool? {
        guard let node, let s = text(node, what) else { return nil }
        if s == "true" { return true }
        if s == "false" { return false }
        report(.badValue, "\(what) is true or false, this is `\(s)`", node.span)
        return nil
    }
    mutating func number(_ node: YAMLNode?, _ what: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node, let s = text(node, what) else { return nil }
        if let n = Value.text(s).integer, let i = Int(exactly: n), range.contains(i) { return i }
        report(
            .badValue, "\(what) is a number from \(range.lowerBound) to \(range.upperBound), this is `\(s)`", node.span)
        return nil
    }
    mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode?, _ what: String, among allowed: [T]? = nil
    ) -> T? {
        guard let node, let s = text(node, what) else { return nil }
        let allowed = allowed ?? Array(T.allCases)
        if let known = allowed.first(where: { $0.rawValue == s }) { return known }
        unknown(.badValue, what, s, allowed.map(\.rawValue), node.span)
        return nil
    }
    /// Returns a word, and reports it if it is not among `words`. The report calls it `noun`.
    mutating func word(_ node: YAMLNode?, _ what: String, _ noun: String? = nil, among words: [String]) -> String? {
        guard let node, let s = text(node, what) else { return nil }
        if !words.contains(s) { unknown(.badValue, noun ?? what, s, words, node.span) }
        return s
    }
    /// Returns the built-in protocol that a key names.
    mutating func protocolNamed(_ node: YAMLNode?) -> Definition? {
        guard let node, let name = text(node, "protocol") else { return nil }
        if let known = library.definition(name) { return known }
        unknown(.unknownProtocol, "protocol", name, library.definitions.map(\.name), node.span)
        return nil
    }
    /// Returns a name that a key defines for later steps. An unused name causes a warning.
    mutating func newName(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node, let name = text(node, what) else { return nil }
        names.insert(name)
        captures.append((name, node.span))
        return own(name)
    }
    /// Checks the version, which must be the first key.
    mutating func version(_ node: YAMLNode, _ key: String) {
        guard case .mapping(let all) = node.content else { return }
        guard let first = all.first, first.key == key else {
            report(.version, "the first key must be `\(key): 1`", all.first?.keySpan ?? head(node))
            return
        }
        if let v = text(first.value, key), v != "1" {
            report(.version, "version \(v) is unknown, this program reads version 1", first.value.span)
        }
    }
}
