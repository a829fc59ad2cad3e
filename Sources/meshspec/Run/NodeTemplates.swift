import Node
import Scenario
import Wire

/// Fills the command that starts a node for one case: `{kind}`, `{id}` and `{peers}`.
struct NodeTemplates {
    /// The text for a peer, by the kind of the peer; `any` for all other kinds.
    private let told: [String: String]

    init(_ told: [String: String] = [:]) { self.told = told }

    /// Returns whether a command contains values of a case, so that each case starts its own node.
    static func isForCases(_ command: String) -> Bool {
        !ShellTemplate(command).names.isDisjoint(with: Target.startValues)
    }
    /// Returns the values of `{kind}`, `{id}` and `{peers}`. A value that a case does not give is empty.
    func parts(_ setup: NodeSetup) -> [String: ShellText] {
        var peers = ShellText()
        for (i, a) in setup.acquaintances.enumerated() {
            guard let template = template(of: a) else { continue }
            // Each peer has its own variables.
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
    /// Returns the values of the placeholders for an address and its parts.
    static func values(of at: Endpoint) -> [String: String] {
        ["address": "\(at)", "host": at.host, "port": "\(at.port)"]
    }
    private func template(of a: NodeOptions.Acquaintance) -> String? { told[a.kind ?? "any"] ?? told["any"] }
    private static func text(_ identity: [UInt8]?) -> String { identity.map { "0x" + $0.hex } ?? "" }

    /// Returns the reason why a command cannot contain the values of a case; nil if it can.
    func refusal(_ setup: NodeSetup) -> String? {
        let words = setup.acquaintances.flatMap { [$0.name, $0.kind ?? ""] } + [setup.kind ?? ""]
        for w in words {
            // Our shell quotes every name, but scripts of the node may not.
            let isPlain = w.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-.".contains($0) }
            if !isPlain { return "`\(w)` cannot be used in a command: only letters, digits, -, . and _ can" }
        }
        for a in setup.acquaintances where template(of: a) == nil {
            return "`told` of the target file has no text for "
                + (a.kind.map { "a \($0)" } ?? "`\(a.name)`")
        }
        return nil
    }
}
