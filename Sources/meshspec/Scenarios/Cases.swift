import Node
import Report
import Scenario
import Wire

/// The cases that a command line selects.
struct Cases {
    var suite: Suite
    var scenarios: [Scenario]

    static let options = [
        Option(
            .select, short: "-k", value: "EXPR",
            "cases by id, tag or requirement: `tag:handshake && !slow`, `NANO-1*`"),
        .spec,
    ]

    /// Loads the cases of the operands, which are files, folders or ids. Without operands it loads the whole suite.
    static func load(_ invocation: Invocation) throws -> Cases {
        let selection = try invocation.selection
        var suite = try Suite(invocation[.spec])
        let paths = invocation.operands.filter { Files.kind($0) != .none }
        let ids = invocation.operands.filter { Files.kind($0) == .none }
        if let missing = ids.first(where: { $0.contains("/") || $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
            throw CommandError.noFile(missing)
        }
        if let target = paths.first(where: { Self.isTarget($0) }) {
            throw CommandError(
                .wrongFile, at: target, "this is a target file, not a scenario",
                remedy: "give it with -t: `meshspec run -t \(target)`")
        }
        var (files, others): ([String], [String]) = ([], [])
        if paths.isEmpty || !ids.isEmpty { (files, others) = try candidates(suite, ids, selection, invocation) }
        for path in paths {
            let more = Files.kind(path) == .folder ? try Suite.scenarios(in: path) : [path]
            files += more.filter { !files.contains($0) }
        }
        func isNamed(_ s: Scenario) -> Bool {
            invocation.operands.isEmpty || paths.contains { covers($0, s) } || ids.contains { Selection.fits(s.id, $0) }
        }
        var all = try suite.load(files)
        let wanted = selection.map { $0.wantedWords.map(\.selection) + [$0] } ?? []
        let isFound = wanted.allSatisfy { word in all.contains { isNamed($0) && word.takes($0) } }
        // A baseline may list any case of the suite.
        if !isFound || invocation.has(.baseline) { all += try suite.load(others) }
        if suite.complain() { throw CommandError.printed(ExitCode.invalid) }
        // An unknown id among known ones is an error. Otherwise its cases would be missing silently.
        if invocation.operands.count > 1,
            let missing = ids.first(where: { id in !all.contains { Selection.fits($0.id, id) } })
        {
            throw noCase(missing, all)
        }
        let named = all.filter(isNamed)
        let chosen = named.filter { selection?.takes($0) ?? true }
        guard chosen.isEmpty else {
            // Report a misspelt word among known ones. Otherwise its cases would be missing silently.
            for word in selection?.wantedWords ?? [] where !named.contains(where: { word.selection.takes($0) }) {
                var warning = CommandError(.unknownName, at: "-k", "no case has `\(word.text)`")
                suggest(word.text, named, &warning)
                Console.report(warning, invocation.command)
            }
            return Cases(suite: suite, scenarios: chosen)
        }
        if let id = ids.first, !all.contains(where: { Selection.fits($0.id, id) }) {
            throw noCase(id, all)
        }
        var error = nothingMatches
        if let text = invocation[.select] { suggest(text, named, &error) }
        throw error
    }
    /// The error if no case is selected.
    static let nothingMatches = CommandError(
        .nothingSelected, "nothing matches the selection", remedy: "`meshspec list` shows all cases")
    private static func noCase(_ id: String, _ all: [Scenario]) -> CommandError {
        var error = CommandError(
            no: "case", called: id, of: all.map(\.id), remedy: "`meshspec list` shows all cases")
        error.status = ExitCode.nothingMatched
        return error
    }
    /// Returns the files of the suite that can have the selected cases, and the others. The others are needed only for
    /// the message about something that is not found. A file is named after the id of its scenario, so an id is found
    /// without them.
    private static func candidates(
        _ suite: Suite, _ ids: [String], _ selection: Selection?, _ invocation: Invocation
    ) throws -> (files: [String], others: [String]) {
        let all = try suite.files
        let names = Set(ids.map { String($0.prefix { $0 != "[" }) + ".yaml" })
        let named = all.filter { names.contains(Files.name(of: $0)) }
        if !names.isEmpty, named.count == names.count {
            return (named, invocation.has(.baseline) ? all.filter { !names.contains(Files.name(of: $0)) } : [])
        }
        guard ids.isEmpty else { return (all, []) }
        let definition = invocation.namedProtocol(suite.library)
        let files = try (definition.map { try suite.files(of: $0.name) } ?? all).filter { path in
            let file = Files.name(of: path)
            return selection?.mayTake(id: String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)])) ?? true
        }
        let first = Set(files)
        return (files, all.filter { !first.contains($0) })
    }
    /// Returns true if the file is a target file.
    private static func isTarget(_ path: String) -> Bool {
        guard Files.kind(path) == .file, let source = try? Files.source(path) else { return false }
        return DocumentKind.named(by: source) == .target
    }
    static func covers(_ path: String, _ s: Scenario) -> Bool {
        var folder = path
        while folder.hasSuffix("/") { folder.removeLast() }
        return s.source.name == path || s.source.name.hasPrefix(folder + "/")
    }
    /// Adds a suggestion for a word of a selection that no case has.
    private static func suggest(_ selection: String, _ scenarios: [Scenario], _ error: inout CommandError) {
        if let d = Registry.definitions.first(where: { $0.name == selection }) {
            error.problem += ": -k is for ids, tags and requirements, such as `\(d.name).*`"
            error.remedy = "--protocol \(d.name) selects a protocol"
            return
        }
        let known = Set(scenarios.flatMap { [$0.id] + $0.tags + $0.covers }).sorted()
        for word in selection.split(whereSeparator: { " &|!()".contains($0) }) {
            let bare = word.firstIndex(of: ":").map { word[word.index(after: $0)...] } ?? word
            if bare.contains("*") || known.contains(String(bare)) { continue }
            error.meant = NearestName.nearest(String(bare), in: known)
            if error.meant != nil { return }
        }
    }
}
