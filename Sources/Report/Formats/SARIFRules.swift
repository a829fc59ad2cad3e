internal import Scenario

/// The requirements of a run as the rules of its tool, in the order of the list; those that only its cases know follow.
struct SARIFRules {
    private var list: [Requirement]
    private var indices: [String: Int]
    private let maximum: Int
    /// Rules beyond those that the head of the run has, which a results file may name.
    static let maximumMore = 10_000

    init(_ known: RequirementList) {
        list = known.all
        maximum = known.all.count + SARIFRules.maximumMore
        indices = known.all.indices.reduce(into: [:]) { if $0[known.all[$1].id] == nil { $0[known.all[$1].id] = $1 } }
    }
    /// The rule of a case; of one that is about none, such as a recorded one, its name.
    static func id(_ r: CaseRecord) -> String { r.requirement.isEmpty ? r.id : r.requirement }
    /// Where the rule of a case stands; nil when there are too many.
    mutating func index(_ r: CaseRecord) -> Int? {
        let id = Self.id(r)
        if let i = indices[id] { return i }
        guard list.count < maximum else { return nil }
        indices[id] = list.count
        list.append(Requirement(id: id, level: r.level, kind: "", text: "", source: "", quote: ""))
        return list.count - 1
    }
    func write(to out: inout [UInt8]) {
        for (i, r) in list.enumerated() {
            out += (i > 0 ? ",\n{" : "\n{").utf8
            JSONMember.text("id", r.id, to: &out)
            JSONMember.text("name", r.id, to: &out)
            let text = r.text.isEmpty ? r.id : r.text
            message("shortDescription", text, to: &out)
            message("fullDescription", r.quote.isEmpty ? text : r.quote, to: &out)
            message("help", (r.quote.isEmpty ? text : text + " \"" + r.quote + "\"") + source(r), to: &out)
            out += ",\"defaultConfiguration\":{".utf8
            JSONMember.text("level", r.level == .must ? "error" : "warning", to: &out)
            out += "},\"properties\":{".utf8
            JSONMember.texts("tags", [r.level.rawValue] + (r.kind.isEmpty ? [] : [r.kind]), to: &out)
            out += "}}".utf8
        }
    }
    private func source(_ r: Requirement) -> String { r.source.isEmpty ? "" : " Source: " + r.source }
    private func message(_ key: StaticString, _ text: String, to out: inout [UInt8]) {
        JSONMember.name(key, to: &out)
        out += "{\"text\":".utf8
        JSONMember.string(Printable.text(text), to: &out)
        out.append(0x7d)
    }
}
