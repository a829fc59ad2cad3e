internal import Node
internal import Scenario
internal import Wire

/// What the page knows of runs, as JSON that its script reads.
enum PageData {
    /// Characters of a requirement's text, quote or source.
    static let limit = 4000

    /// The runs and the rules: of two with one id the first stands.
    static func begin(_ runs: [RunHead], to out: inout [UInt8]) {
        let heads = runs.map { run in
            Value.object([
                "target": .printable(run.target), "profile": .printable(run.profile),
                "seed": .text(run.seedText), "program": .printable(run.program),
                "started": run.started.map { .printable($0) }, "strict": run.policy.isStrict ? true : nil,
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
    /// How they ended, and how many cases have no details although they did not pass.
    static func end(_ ends: [RunEnd], untold: Int, to out: inout [UInt8]) {
        let runs = ends.map { end in
            Value.object([
                "exit": Value(Int64(end.exit)), "ms": end.elapsed.map { .number($0.milliseconds) },
                "cut": end.cutShort.map { .printable($0) },
                "stale": end.counts.stale > 0 ? .number(end.counts.stale) : nil,
            ])
        }
        out += "<script type=\"application/json\" id=\"end\">".utf8
        PageText.json(["untold": .number(untold), "runs": .list(runs)], to: &out)
        out += "</script>\n".utf8
    }
}
