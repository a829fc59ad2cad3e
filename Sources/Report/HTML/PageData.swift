internal import Node
internal import Scenario
internal import Text
internal import Wire

/// The properties of the runs as JSON for the script of the page.
enum PageData {
    /// The maximum number of characters of a requirement's text, quote or source.
    static let limit = 4000

    /// Writes the runs and the requirements. If two requirements have the same id, the first one is used.
    static func begin(_ runs: [RunHead], to out: inout [UInt8]) {
        let heads = runs.map { run in
            Value.object([
                "target": .printable(run.target), "profile": .printable(run.profile),
                "seed": .text(run.seedText), "program": .printable(run.program),
                "started": run.started.map { .printable($0) }, "strict": run.policy.isStrict ? true : nil,
                "environment": run.environment.map(environment),
                "history": run.history.isEmpty ? nil : .list(run.history.map(past)),
            ])
        }
        out += "<script type=\"application/json\" id=\"begin\">{\"runs\":".utf8
        PageText.json(.list(heads), to: &out)
        out += ",\"requirements\":[".utf8
        var known: Set<String> = []
        let mutants = runs.reduce(into: [:]) { $0.merge($1.mutants) { old, _ in old } }
        for r in runs.flatMap(\.requirements.all) where known.insert(r.id).inserted {
            out += known.count > 1 ? ",\n".utf8 : "\n".utf8
            let texts =
                [r.id, r.level.rawValue] + [r.text, r.quote, r.source].map { PageText.short($0, limit) }
                + (mutants[r.id].map { [$0.text] } ?? [])
            PageText.json(.list(texts.map { .printable($0) }), to: &out)
        }
        out += "]}</script>\n".utf8
    }
    private static func environment(_ e: RunEnvironment) -> Value {
        // Only addresses of web pages become links.
        let links = e.links.filter { $0.url.hasPrefix("https://") || $0.url.hasPrefix("http://") }
        return .object([
            "command": .printable(e.command), "host": e.host.map { .printable($0) },
            "system": e.system.map { .printable($0) }, "revision": e.revision.map { .printable($0) },
            "links": links.isEmpty ? nil : .list(links.map { [.printable($0.name), .printable($0.url)] }),
        ])
    }
    private static func past(_ run: PastRun) -> Value {
        .object([
            "started": run.started.map { .printable($0) }, "seed": .printable(run.seed),
            "program": .printable(run.program), "revision": run.revision.map { .printable($0) },
            "files": .list(run.files.map { .printable($0) }),
        ])
    }
    /// Writes the ends of the runs, and two counts: the cases that did not pass but have no details, and the cases
    /// whose steps are left out because of their size.
    static func end(_ ends: [RunEnd], untold: Int, withoutSteps: Int = 0, to out: inout [UInt8]) {
        let runs = ends.map { end in
            Value.object([
                "exit": Value(Int64(end.exit)), "ms": end.elapsed.map { .number($0.milliseconds) },
                "cut": end.cutShort.map { .printable($0) },
                "stale": end.counts.stale > 0 ? .number(end.counts.stale) : nil,
                "levels": .list(
                    Level.allCases.compactMap { l in
                        end.counts.judged(l).map { [.text(l.rawValue), .number($0.kept), .number($0.all)] }
                    }),
            ])
        }
        out += "<script type=\"application/json\" id=\"end\">".utf8
        PageText.json(["untold": .number(untold), "stepless": .number(withoutSteps), "runs": .list(runs)], to: &out)
        out += "</script>\n".utf8
    }
}

extension Counts {
    /// Returns the number of kept and judged requirements; nil if none were judged.
    fileprivate func judged(_ level: Level) -> (kept: Int, all: Int)? {
        guard let all = judged[level]?.count else { return nil }
        return (all - (broken[level]?.count ?? 0), all)
    }
}
