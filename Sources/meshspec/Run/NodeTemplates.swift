import Node
import Scenario
import Wire

/// Fills the command that starts a node for one case: `{kind}`, `{id}` and `{peers}`.
struct NodeTemplates {
    /// What each peer is written as, by what it is; `any` for all others.
    private let told: [String: String]

    init(_ told: [String: String] = [:]) { self.told = told }

    /// Whether a command says what cases say of the node, so that each has one of its own.
    static func isForCases(_ command: String) -> Bool {
        !ShellTemplate(command).names.isDisjoint(with: Target.startValues)
    }
    /// What stands for `{kind}`, `{id}` and `{peers}`. What a case does not say leaves nothing.
    func parts(_ setup: NodeSetup) -> [String: ShellText] {
        var peers = ShellText()
        for (i, a) in setup.acquaintances.enumerated() {
            guard let template = template(of: a) else { continue }
            // Each has variables of its own.
            let values = Self.values(of: a.endpoint).merging(
                ["name": a.name, "kind": a.kind ?? "", "id": Self.text(a.identity)]) { $1 }
            if i > 0 { peers += ShellText(" ") }
            peers += ShellTemplate(template).filled { name in
                values[name].map { ShellText(value: $0, of: "peer\(i + 1)_\(name)") }
            }
        }
        return [
            "kind": setup.kind.map { ShellText(value: $0, of: "kind") } ?? ShellText(),
            "id": setup.identity.map { ShellText(value: Self.text($0), of: "id") } ?? ShellText(),
            "peers": peers,
        ]
    }
    /// The name of a value that belongs to one node, such as `second_port`.
    static func place(_ value: String, of node: String) -> String { "\(node)_\(value)" }
    static func places(of node: String) -> [String] { Target.values.map { place($0, of: node) } }
    /// What stands for an address and its parts.
    static func values(of at: Endpoint) -> [String: String] {
        ["address": "\(at)", "host": at.host, "port": "\(at.port)"]
    }
    private func template(of a: NodeOptions.Acquaintance) -> String? { told[a.kind ?? "any"] ?? told["any"] }
    private static func text(_ identity: [UInt8]?) -> String { identity.map { "0x" + $0.hex } ?? "" }

    /// Why a case cannot be told to a node.
    func refusal(_ setup: NodeSetup) -> String? {
        let words = setup.acquaintances.flatMap { [$0.name, $0.kind ?? ""] } + [setup.kind ?? ""]
        for w in words {
            // Our shell would not mind. What the node's own scripts do with a name, nobody knows.
            let isPlain = w.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" }
            if !isPlain { return "`\(w)` cannot stand in a command: only letters, digits, - and _ can" }
        }
        for a in setup.acquaintances where template(of: a) == nil {
            return "the target file does not say under `told` how the node is told of "
                + (a.kind.map { "a \($0)" } ?? "`\(a.name)`")
        }
        return nil
    }
}
