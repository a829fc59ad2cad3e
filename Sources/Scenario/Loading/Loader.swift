public import Node
internal import Wire

/// What scenarios may refer to.
public struct Library: Sendable {
    /// The protocols that there are.
    public let definitions: [Definition]
    /// The fields of each message, by its name: made once, since every step that names a message asks for them.
    let fields: [String: [FieldInfo]]
    /// Of the fragments that were used so far: most are used by many scenarios.
    let fragments = FragmentTrees()
    /// By the name of the protocol.
    public var requirements: [String: RequirementList]
    /// Protocols, and the requirements of those that have some.
    public init(
        definitions: [Definition], requirements: [String: RequirementList] = [:],
        file: @escaping @Sendable (_ name: String, _ user: String) -> SourceFile? = { _, _ in nil }
    ) {
        self.definitions = definitions
        fields = Dictionary(
            definitions.flatMap { $0.messages.map { ($0.name.description, $0.describe()) } },
            uniquingKeysWith: { a, _ in a })
        self.requirements = requirements
        self.file = file
    }
    /// A file that another one uses, by the name that stands there; nil when it cannot be read.
    public var file: @Sendable (_ name: String, _ user: String) -> SourceFile?
    /// The protocol with this name.
    public func definition(_ name: String) -> Definition? { definitions.first { $0.name == name } }
}

/// The members of a map that a shape has keys for: few, so that looking for one takes no table.
struct Members {
    var all: [YAMLNode.Member] = []
    subscript(key: String) -> YAMLNode? { all.firstIndex { $0.key == key }.map { all[$0].value } }
    func has(_ key: String) -> Bool { all.contains { $0.key == key } }
}

/// Turns a tree into what it says, and gathers all that is wrong with it on the way.
struct Loader {
    let source: SourceFile
    let library: Library
    let places: ScalarPositions
    var diagnostics: [Diagnostic] = []
    /// What the scenario has named so far.
    var actors: [String: Scenario.Role] = [:]
    /// In a fragment: what its actors are called in the scenario that uses it.
    var aliases: [String: String] = [:]
    /// In a fragment: names that its parameters have while the case runs, so that they are its own.
    var renamed: [String: String] = [:]
    /// Hidden names of secret parameters of fragments.
    var secrets: Set<String> = []
    /// In a fragment: its file, behind those of the fragments around it.
    var chain: [String] = []
    /// Number of the last step: each has one more than the step before it, and comes before those inside it.
    var lastNumber = 0
    /// Fragments loaded so far, all that they use among them.
    var fragments = 0
    /// Those fragments, with who uses them.
    var used: [Scenario.Fragment] = []
    /// Link names that are opened, marks and captures with where they are given, to tell those that nobody uses.
    var captures: [(name: String, span: Span)] = []
    var links: Set<String> = []
    var names: Set<String> = []
    var definition: Definition?
    /// Names used in expressions, looked up when all are known.
    var uses: [(name: String, span: Span)] = []

    init(_ source: SourceFile, _ library: Library, _ places: ScalarPositions? = nil) {
        self.source = source
        self.library = library
        self.places = places ?? ScalarPositions(source)
    }

    /// What a file says, with what is wrong with it in its order; nil when it is no YAML.
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
    /// The same; nil when there is an error.
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
    /// A name as it is while the case runs.
    func own(_ name: String) -> String { renamed[name] ?? name }
    /// A word that is not one of those known, with the nearest of them.
    mutating func unknown(_ code: DiagnosticCode, _ what: String, _ word: String, _ known: [String], _ span: Span) {
        let near = NearestName.nearest(word, in: known).map { "did you mean `\($0)`?" } ?? ""
        let list = known.isEmpty || known.count > 24 ? [] : ["known: " + known.joined(separator: ", ")]
        report(code, "unknown \(what) `\(word)`", span, near, notes: list)
    }

    // Shapes

    /// The members of a map with the keys of a shape; nil when it is no map.
    /// `key` is the key that it stands under, where mistakes may be shown.
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
    /// The beginning of a node, for what is missing in it.
    func head(_ node: YAMLNode) -> Span { Span(node.span.start, node.span.start) }

    /// The members of a map whose keys the author chooses; nil when there is no map. `of` says what it is a map of.
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
    /// A word, reported when it is not one of these; `noun` is what the report calls it.
    mutating func word(_ node: YAMLNode?, _ what: String, _ noun: String? = nil, among words: [String]) -> String? {
        guard let node, let s = text(node, what) else { return nil }
        if !words.contains(s) { unknown(.badValue, noun ?? what, s, words, node.span) }
        return s
    }
    /// The built-in protocol that a key names.
    mutating func protocolNamed(_ node: YAMLNode?) -> Definition? {
        guard let node, let name = text(node, "protocol") else { return nil }
        if let known = library.definition(name) { return known }
        unknown(.unknownProtocol, "protocol", name, library.definitions.map(\.name), node.span)
        return nil
    }
    /// A name that a key gives to something, for later steps; it is warned of when none uses it.
    mutating func newName(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node, let name = text(node, what) else { return nil }
        names.insert(name)
        captures.append((name, node.span))
        return own(name)
    }
    /// Checks the version that must stand first.
    mutating func version(_ node: YAMLNode, _ key: String) {
        guard case .mapping(let all) = node.content else { return }
        guard let first = all.first, first.key == key else {
            report(.version, "the first key must be `\(key): 1`", all.first?.keySpan ?? head(node))
            return
        }
        if let v = text(first.value, key), v != "1" {
            report(.version, "version \(v) is not known, this program reads version 1", first.value.span)
        }
    }
}
