internal import Scenario
internal import Text
internal import Wire

/// The requirements of a run as the rules of its tool, in the order of the list. Requirements that only cases name
/// follow.
struct SARIFRules {
    private var list: [Requirement]
    private var indices: [String: Int]
    private let maximum: Int
    /// The maximum number of rules beyond the head of the run, because a results file may name arbitrary ones.
    static let maximumMore = 10_000

    init(_ known: RequirementList) {
        list = known.all
        maximum = known.all.count + SARIFRules.maximumMore
        indices = known.all.indices.reduce(into: [:]) { if $0[known.all[$1].id] == nil { $0[known.all[$1].id] = $1 } }
    }
    /// Returns the rule of a case. A case without a requirement, such as a recorded one, is its own rule.
    static func id(_ r: CaseRecord) -> String { r.requirement.isEmpty ? r.id : r.requirement }
    /// Returns the index of the rule of a case; nil if there are too many rules.
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
            out += (i > 0 ? ",\n" : "\n").utf8
            let text = r.text.isEmpty ? r.id : r.text
            let source = r.source.isEmpty ? "" : " Source: " + r.source
            JSONText.write(
                [
                    "id": .text(r.id), "name": .text(r.id), "shortDescription": message(text),
                    "fullDescription": message(r.quote.isEmpty ? text : r.quote),
                    "help": message((r.quote.isEmpty ? text : text + " \"" + r.quote + "\"") + source),
                    "defaultConfiguration": ["level": r.level == .must ? "error" : "warning"],
                    "properties": ["tags": .texts([r.level.rawValue] + (r.kind.isEmpty ? [] : [r.kind]))],
                ], to: &out)
        }
    }
    private func message(_ text: String) -> Value { ["text": .printable(text)] }
}
