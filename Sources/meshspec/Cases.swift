import Scenario
import Wire

/// The cases that a command line selects.
enum Cases {
    static let options = [
        Option("--select", short: "-k", value: "EXPR", "cases by id, tag or requirement: `tag:handshake && !slow`, `NANO-1*`"),
        .spec,
    ]
    /// Loads what the operands name: files, folders, ids; nothing means the whole suite. Nil: ended with that status.
    static func load(_ invocation: Invocation) throws(UsageError) -> (suite: Suite, scenarios: [Scenario], status: Int32?) {
        var selection: Selection?
        if let text = invocation["--select"] {
            do throws(Selection.Failure) { selection = try Selection(text) } catch {
                throw UsageError("`-k`: \(error)")
            }
        }
        do {
            var suite = try Suite(invocation["--spec"])
            let paths = invocation.operands.filter { Files.kind($0) != .none }
            let ids = invocation.operands.filter { Files.kind($0) == .none }
            if let missing = ids.first(where: { $0.contains("/") || $0.hasSuffix(".yaml") }) {
                Console.error("meshspec: no such file: \(missing)")
                return (suite, [], ExitCode.environment)
            }
            var files: [String] = paths.flatMap { Files.kind($0) == .folder ? Files.scenarios(in: $0) : [$0] }
            if paths.isEmpty || !ids.isEmpty { files = suite.files + files.filter { !suite.files.contains($0) } }
            let all = try suite.load(files)
            if suite.complain() { return (suite, [], ExitCode.invalid) }
            let named = all.filter { s in
                invocation.operands.isEmpty || paths.contains { covers($0, s) } || ids.contains { Selection.fits(s.id, $0) }
            }
            let chosen = named.filter { selection?.takes($0) ?? true }
            if chosen.isEmpty {
                let near = ids.first.map { Help.nearest($0, all.map(\.id)) } ?? ""
                Console.error("meshspec: nothing matches the selection\(near). `meshspec list` shows what there is.")
                return (suite, [], ExitCode.nothingMatched)
            }
            return (suite, chosen, nil)
        } catch {
            Console.error("meshspec: \(error)")
            throw UsageError("\(error)")
        }
    }
    static func covers(_ path: String, _ s: Scenario) -> Bool {
        var folder = path
        while folder.hasSuffix("/") { folder.removeLast() }
        return s.source.name == path || s.source.name.hasPrefix(folder + "/")
    }
}
