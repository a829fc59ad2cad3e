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
            "--select", short: "-k", value: "EXPR",
            "cases by id, tag or requirement: `tag:handshake && !slow`, `NANO-1*`"),
        .spec,
    ]

    /// Loads the cases of the operands, which are files, folders or ids. Without operands it loads the whole suite.
    static func load(_ invocation: Invocation) throws -> Cases {
        let selection = try invocation.selection
        do {
            return try load(invocation, selection)
        } catch {
            let failure = CommandError(error)
            if !failure.message.isEmpty { Console.error("meshspec: \(Printable.text(failure.message))") }
            throw CommandError(status: failure.status)
        }
    }
    /// Prints that no case is selected. `near` is a suggestion.
    static func nothingMatches(_ near: String = "") -> CommandError {
        Console.error("meshspec: nothing matches the selection\(near)\n`meshspec list` shows all cases.")
        return CommandError(status: ExitCode.nothingMatched)
    }
    private static func load(_ invocation: Invocation, _ selection: Selection?) throws -> Cases {
        var suite = try Suite(invocation["--spec"])
        let paths = invocation.operands.filter { Files.kind($0) != .none }
        let ids = invocation.operands.filter { Files.kind($0) == .none }
        if let missing = ids.first(where: { $0.contains("/") || $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
            throw CommandError("no such file: \(missing)")
        }
        if let target = paths.first(where: { Self.isTarget($0) }) {
            throw CommandError(
                status: ExitCode.usage, "\(target) is a target file: give it with -t, `meshspec run -t \(target)`")
        }
        var files: [String] = []
        if paths.isEmpty || !ids.isEmpty { files = try candidates(suite, ids, invocation) }
        for path in paths {
            let more = Files.kind(path) == .folder ? try Suite.scenarios(in: path) : [path]
            files += more.filter { !files.contains($0) }
        }
        let all = try suite.load(files)
        if suite.complain() { throw CommandError(status: ExitCode.invalid) }
        // An unknown id among known ones is an error. Otherwise its cases would be missing silently.
        if invocation.operands.count > 1,
            let missing = ids.first(where: { id in !all.contains { Selection.fits($0.id, id) } })
        {
            let near = Suggestion.nearest(missing, all.map(\.id))
            Console.error("meshspec: no case is called `\(missing)`\(near)\n`meshspec list` shows all cases.")
            throw CommandError(status: ExitCode.nothingMatched)
        }
        let named = all.filter { s in
            invocation.operands.isEmpty || paths.contains { covers($0, s) } || ids.contains { Selection.fits(s.id, $0) }
        }
        let chosen = named.filter { selection?.takes($0) ?? true }
        guard chosen.isEmpty else {
            // Report a misspelt word among known ones. Otherwise its cases would be missing silently.
            for word in selection?.wantedWords ?? [] where !named.contains(where: { word.selection.takes($0) }) {
                Console.error(Printable.text("meshspec: -k: no case has `\(word.text)`\(nearest(word.text, named))"))
            }
            return Cases(suite: suite, scenarios: chosen)
        }
        if let id = ids.first, !all.contains(where: { Selection.fits($0.id, id) }) {
            let near = Suggestion.nearest(id, all.map(\.id))
            Console.error("meshspec: no case is called `\(id)`\(near)\n`meshspec list` shows all cases.")
            throw CommandError(status: ExitCode.nothingMatched)
        }
        var near = ""
        if near.isEmpty { near = invocation["--select"].map { nearest($0, named) } ?? "" }
        throw nothingMatches(near)
    }
    /// Returns the files of the suite that can have the selected cases. A file is named after the id of its scenario,
    /// so a full id is found without reading the other files.
    private static func candidates(_ suite: Suite, _ ids: [String], _ invocation: Invocation) throws -> [String] {
        let all: [String]
        if ids.isEmpty, let name = invocation["--protocol"], Registry.definitions.contains(where: { $0.name == name }) {
            all = try suite.files(of: name)
        } else {
            all = try suite.files
        }
        let names = Set(ids.map { String($0.prefix { $0 != "[" }) + ".yaml" })
        let named = all.filter { names.contains(Files.name(of: $0)) }
        return !names.isEmpty && named.count == names.count ? named : all
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
    /// Returns a suggestion for a word of a selection that no case has.
    static func nearest(_ selection: String, _ scenarios: [Scenario]) -> String {
        if let d = Registry.definitions.first(where: { $0.name == selection }) {
            return
                ": -k is for ids, tags and requirements, such as `\(d.name).*`; --protocol \(d.name) selects a protocol"
        }
        let known = Set(scenarios.flatMap { [$0.id] + $0.tags + $0.covers }).sorted()
        for word in selection.split(whereSeparator: { " &|!()".contains($0) }) {
            let bare = word.firstIndex(of: ":").map { word[word.index(after: $0)...] } ?? word
            if bare.contains("*") || known.contains(String(bare)) { continue }
            let near = Suggestion.nearest(String(bare), known)
            if !near.isEmpty { return near }
        }
        return ""
    }
}
