import Network
import Node
import Scenario
import Simulation
import Wire

/// The options of `cost` and `simulate` that describe meshes.
struct MeshOptions {
    let definition: Definition
    let model: MeshModel
    private let invocation: Invocation

    static let options: [Option] = {
        let models = Registry.definitions.compactMap(\.meshes.mesh)
        let hubs = Set(models.map(\.hub.plural)).sorted().map {
            Option(
                OptionName("--\($0)"), value: "S[,S...]",
                "number of \($0) in a mesh, each connected to all others (default: 10)")
        }
        let peers = Set(models.map(\.peer.plural)).sorted().map {
            Option(OptionName("--\($0)"), value: "N[,N...]", "number of \($0) attached to them, evenly (default: 1000)")
        }
        let choices = Registry.definitions.flatMap { modes($0) }.map { "`\($0)`" }.joined(separator: ", ")
        return hubs + peers + others(choices)
    }()
    private static func others(_ choices: String) -> [Option] {
        [
            Option(.mode, value: "NAME", "what they send to one another: \(choices) (default: see below)"),
            Option(.profile, value: "NAME", "profile of the protocol"),
            Option(.param, short: "-P", value: "NAME=VALUE", repeatable: true, "parameter of the protocol"),
            Option(.seed, value: "N", "seed of all random values (default: 1)"),
            .json,
        ]
    }

    /// Parses the range of the time that a message takes.
    static func delay(_ text: String) throws(CommandError) -> ClosedRange<Duration> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Duration(text: $0) }
        guard let least = parts.first ?? nil, let most = parts.last ?? nil, parts.count <= 2, least <= most,
            most <= .seconds(60)
        else {
            throw CommandError(
                .badValue, at: .delay, expected: "a time such as 20ms, or two such as 10ms-80ms, at most 60s",
                found: text)
        }
        return least...most
    }
    init(_ invocation: Invocation) throws(CommandError) {
        let all = Registry.definitions.filter { $0.meshes.mesh != nil }
        definition = try invocation.definition(of: all)
        guard let model = definition.meshes.mesh else {
            let names = NearestName.choice(all.map(\.name))
            throw CommandError(
                .unknownProtocol, "\(definition.title) has no meshes to count", remedy: "use \(names)")
        }
        (self.model, self.invocation) = (model, invocation)
    }
    /// The kinds of information that hubs may exchange; the last one is for meshes of thousands of nodes.
    var modes: [String] { Self.modes(definition) }
    private static func modes(_ definition: Definition) -> [String] {
        definition.configuration.parameters.first { $0.name == definition.meshes.mesh?.mode }?.choices ?? []
    }
    /// The mode that the user has chosen; nil without a choice.
    var mode: String? {
        get throws(CommandError) {
            let given = try invocation.pairs(.param)[model.mode]
            guard let mode = invocation[.mode] ?? given else { return nil }
            return try Invocation.word(.mode, mode, modes)
        }
    }
    func settings(mode: String) throws(CommandError) -> Settings {
        var values = try invocation.pairs(.param)
        values[model.mode] = mode
        return try CommandError.usage { try definition.settings(profile: invocation[.profile], values) }
    }
    /// All combinations of the numbers of hubs and peers.
    var sizes: [MeshSize] {
        get throws(CommandError) {
            let hubs = try numbers(OptionName("--" + model.hub.plural), 1...512) ?? [10]
            let peers = try numbers(OptionName("--" + model.peer.plural), 0...100_000) ?? [1000]
            for s in hubs {
                for n in peers where s + n > model.limit {
                    throw CommandError(
                        .badValue,
                        "\(s) \(model.hub.plural) and \(n) \(model.peer.plural) are more than \(model.limit) nodes")
                }
            }
            return hubs.flatMap { s in peers.map { MeshSize(hubs: s, peers: $0) } }
        }
    }
    private func numbers(_ name: OptionName, _ range: ClosedRange<Int>) throws(CommandError) -> [Int]? {
        guard let text = invocation[name] else { return nil }
        var out: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let n = Int(part), range.contains(n) else {
                throw CommandError(
                    .badValue, at: name,
                    expected: "numbers from \(range.lowerBound) to \(range.upperBound) separated by commas",
                    found: text)
            }
            if !out.contains(n) { out.append(n) }
        }
        guard out.count <= 32 else { throw CommandError(.badValue, at: name, "more than 32 numbers") }
        return out
    }
    /// Returns the value of an option as a probability from 0 to 1; 0 if the option is missing.
    func probability(_ name: OptionName) throws(CommandError) -> Double {
        try invocation.number(name, 0...1, "a probability from 0 to 1") ?? 0
    }
}

/// Formats numbers for people.
enum Figures {
    /// Formats an integer with commas between groups of three digits.
    static func whole(_ n: Int) -> String {
        var out = ""
        for (i, digit) in String(n.magnitude).reversed().enumerated() {
            if i > 0, i % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return (n < 0 ? "-" : "") + String(out.reversed())
    }
    /// Formats a number with this number of decimals, at most six.
    static func decimal(_ x: Double, _ places: Int) -> String {
        guard x.isFinite, x.magnitude < 1e15 else { return "-" }
        let scale = (0..<places).reduce(1) { n, _ in n * 10 }
        let n = Int((x.magnitude * Double(scale)).rounded())
        let fraction = String(scale + n % scale).dropFirst()
        return (x < 0 ? "-" : "") + whole(n / scale) + (places > 0 ? "." + fraction : "")
    }
    /// Formats a duration in seconds with three decimals.
    static func seconds(_ d: Duration) -> String { decimal(d / .seconds(1), 3) + " s" }
    /// Returns aligned columns. The first one is aligned to the left, the others to the right.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { c in rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (c, cell) in row.enumerated() {
                let blank = String(repeating: " ", count: widths[c] - cell.count)
                line += c == 0 ? cell + blank : "  " + blank + cell
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
