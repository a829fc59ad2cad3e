import Node
import Report
import Scenario
import Wire

extension Command {
    static let check = Command(
        name: "check", summary: "validate scenarios, target, capability and baseline files without a network",
        operands: "[FILE or FOLDER ...]", options: [.spec],
        examples: [
            ("meshspec check my-case.yaml", "all problems of the file, each with its place"),
            ("meshspec check mynode", "a folder: its scenarios, target, capability and baseline files"),
            ("meshspec check", "the built-in suite, its vectors, and that every requirement is proved"),
        ],
        notes: """
            The first key of a file determines its kind. A baseline is compared with the cases of the built-in suite and
            of the other operands. Exit status: 0 valid, 3 invalid, 4 cannot be read, 5 a folder has no meshspec file.
            """
    ) { invocation in
        var check = Check(suite: try Suite(invocation[.spec]))
        for path in invocation.operands {
            switch Files.kind(path) {
            case .folder: try check.add(folder: path)
            case .file: try check.add(path)
            case .none: throw CommandError.noFile(path)
            }
        }
        if invocation.operands.isEmpty {
            for path in try check.suite.files { try check.add(path) }
        }
        if check.files.isEmpty {
            throw CommandError(.nothingSelected, "there is no meshspec file")
        }
        return try check.run(isSuite: invocation.operands.isEmpty)
    }
}

/// `meshspec check`: validates files by their kind.
struct Check {
    var suite: Suite
    private(set) var files: [(kind: DocumentKind, source: SourceFile)] = []

    init(suite: Suite) { self.suite = suite }

    mutating func add(_ path: String) throws {
        let source = try Files.source(path)
        let kind = DocumentKind.of(source)
        guard kind != .fragment else {
            throw CommandError(
                .wrongFile, at: path, "this is a fragment", remedy: "check a scenario that uses it")
        }
        files.append((kind, source))
    }
    /// Adds the files of a folder that are of a known kind. Fragments are read when a scenario uses them.
    mutating func add(folder: String) throws(Files.Failure) {
        for path in try Files.scenarios(in: folder) where !Suite.data.contains(Files.name(of: path)) {
            let source = try Files.source(path)
            // Skip the files of other programs.
            if let kind = DocumentKind.named(by: source), kind != .fragment { files.append((kind, source)) }
        }
    }
    /// Prints the problems, or the number of valid files of each kind. `isSuite`: the files are all scenarios of the
    /// suite.
    mutating func run(isSuite: Bool) throws -> Int32 {
        let scenarios = try suite.load(files.filter { $0.kind == .scenario }.map(\.source.name))
        for file in files where file.kind != .scenario { try check(file.kind, file.source) }
        if isSuite {
            for s in scenarios where Files.name(of: s.source.name) != s.id + ".yaml" {
                suite.diagnostics.append(
                    Diagnostic(
                        .badValue, "the file of `\(s.id)` is not `\(s.id).yaml`, so the id does not find it",
                        in: s.source.name, at: .top))
            }
            try suite.checkCoverage(scenarios)
            for d in suite.library.definitions { _ = try suite.mutationRules(d) }
        }
        if suite.complain() { return ExitCode.invalid }
        let counts = DocumentKind.allCases.compactMap { kind in
            let n = files.filter { $0.kind == kind }.count
            return n == 0 ? nil : "\(n) \(kind == .scenario ? "scenario" : "\(kind.rawValue) file")\(n == 1 ? "" : "s")"
        }
        try Console.print(counts.joined(separator: ", ") + " valid")
        return ExitCode.good
    }
    /// Returns the ids of the cases of the built-in suite and of the checked files.
    private mutating func knownIDs() throws -> Set<String> {
        let loaded = Set(suite.sources.keys)
        _ = try suite.load(try suite.files.filter { !loaded.contains($0) })
        return Set(suite.allIDs)
    }
    private mutating func check(_ kind: DocumentKind, _ source: SourceFile) throws {
        suite.sources[source.name] = source
        let library = suite.library
        switch kind {
        case .scenario, .fragment: break
        case .suite: suite.diagnostics += library.checkSuite(source)
        case .target:
            let folder = Files.folder(of: source.name)
            suite.diagnostics += Target.load(source, library, folder: folder).diagnostics
        case .capabilities: suite.diagnostics += Capabilities.load(source, library, for: nil).diagnostics
        case .baseline:
            let (baseline, problems) = Baseline.load(source)
            suite.diagnostics += problems
            guard let baseline else { return }
            for entry in baseline.without(try knownIDs()) {
                let near = NearestName.suggestion(for: entry.id, in: suite.allIDs)
                suite.diagnostics.append(
                    Diagnostic(.badValue, "no case is called `\(entry.id)`\(near)", in: source.name, at: .top))
            }
        }
    }
}
extension Suite {
    /// Reports a requirement that passive observers do not judge if it does not state why, and a requirement that they
    /// judge if it does.
    mutating func checkObserved(_ list: RequirementList, _ observed: [ObservedRequirement]) {
        let judged = Set(observed.map(\.id))
        for r in list.all where judged.contains(r.id) == (r.unobservable != nil) {
            let text =
                r.unobservable == nil
                ? "the monitor does not judge `\(r.id)`" : "the monitor judges `\(r.id)`, which is not `unobservable`"
            diagnostics.append(
                Diagnostic(
                    .unprovenRequirement, text, in: r.file, at: r.span,
                    notes: r.unobservable == nil ? ["give the reason: `unobservable: receiver`, ..."] : []))
        }
    }
    /// Reports a requirement that no case claims and no vector names, unless it states why: it is planned, or it cannot
    /// be tested.
    mutating func checkCoverage(_ scenarios: [Scenario]) throws(Files.Failure) {
        let vectors = try loadVectors()
        if vectors == nil {
            Console.error("no vectors at \(vectorFolder): the requirements that they prove are not checked")
        }
        for (name, list) in library.requirements.sorted(by: { $0.key < $1.key }) {
            checkObserved(list, library.definition(name)?.judging.observed ?? [])
            let shown = vectors.map { Set(($0[name] ?? []).flatMap(\.requirements)) }
            let claimed = Set(scenarios.filter { $0.protocolName == name }.flatMap(\.claims))
            for r in list.all where !claimed.contains(r.id) && !r.isPlanned && r.untestable == nil {
                if r.kind == "codec", shown?.contains(r.id) ?? true { continue }
                let what = r.kind == "codec" ? "no vector and no case" : "no case"
                diagnostics.append(
                    Diagnostic(
                        .unprovenRequirement, "\(what) proves `\(r.id)`", in: r.file, at: r.span,
                        notes: ["add `untestable: why` or `planned: true`"]))
            }
        }
    }
}
