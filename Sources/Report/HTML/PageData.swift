internal import Node
internal import Scenario

/// What the page knows of runs, as JSON that its script reads.
enum PageData {
    /// Characters of a requirement's text, quote or source.
    static let limit = 4000

    /// The runs and the rules: of two with one id the first stands.
    static func begin(_ runs: [RunHead], to out: inout [UInt8]) {
        out += "<script type=\"application/json\" id=\"begin\">{\"runs\":[".utf8
        for (i, run) in runs.enumerated() {
            out += i > 0 ? ",{".utf8 : "{".utf8
            PageText.member("target", run.target, to: &out)
            PageText.member("profile", run.profile, to: &out)
            PageText.member("seed", run.seedText, to: &out)
            PageText.member("program", run.program, to: &out)
            if let started = run.started { PageText.member("started", started, to: &out) }
            if run.policy.isStrict { out += ",\"strict\":true".utf8 }
            out.append(UInt8(ascii: "}"))
        }
        out += "],\"requirements\":[".utf8
        var told: Set<String> = []
        let mutants = runs.reduce(into: [:]) { $0.merge($1.mutants) { old, _ in old } }
        for r in runs.flatMap(\.requirements.all) where told.insert(r.id).inserted {
            if told.count > 1 { out.append(UInt8(ascii: ",")) }
            out += "\n".utf8
            PageText.json(
                [r.id, r.level.rawValue] + [r.text, r.quote, r.source].map { PageText.short($0, limit) }
                    + (mutants[r.id].map { [$0.text] } ?? []), to: &out)
        }
        out += "]}</script>\n".utf8
    }
    /// How they ended, and how many cases have no details although they did not pass.
    static func end(_ ends: [RunEnd], untold: Int, to out: inout [UInt8]) {
        out += "<script type=\"application/json\" id=\"end\">{\"untold\":\(untold),\"runs\":[".utf8
        for (i, end) in ends.enumerated() {
            out += i > 0 ? ",{".utf8 : "{".utf8
            JSONMember.number("exit", Int(end.exit), to: &out)
            if let d = end.elapsed { JSONMember.number("ms", Int(clamping: d.nanoseconds / 1_000_000), to: &out) }
            if let why = end.cutShort { PageText.member("cut", why, to: &out) }
            if end.counts.stale > 0 { JSONMember.number("stale", end.counts.stale, to: &out) }
            out.append(UInt8(ascii: "}"))
        }
        out += "]}</script>\n".utf8
    }
}
