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
        ["{kind}", "{id}", "{peers}"].contains { command.contains($0) }
    }
    func fill(_ command: String, _ setup: NodeSetup) -> String {
        let peers = setup.acquaintances.compactMap { a in
            template(of: a).map { t in
                t.replacing("{address}", with: "\(a.endpoint)").replacing("{host}", with: a.endpoint.host)
                    .replacing("{port}", with: "\(a.endpoint.port)").replacing("{name}", with: a.name)
                    .replacing("{kind}", with: a.kind ?? "").replacing("{id}", with: Self.text(a.identity))
            }
        }
        return command.replacing("{kind}", with: setup.kind ?? "").replacing("{id}", with: Self.text(setup.identity))
            .replacing("{peers}", with: peers.joined(separator: " "))
    }
    private func template(of a: NodeOptions.Acquaintance) -> String? { told[a.kind ?? "any"] ?? told["any"] }
    private static func text(_ identity: [UInt8]?) -> String { identity.map { "0x" + $0.hex } ?? "" }

    /// Why a case cannot be told to a node: scenarios are other people's, and their words go into a shell.
    func refusal(_ setup: NodeSetup) -> String? {
        let words = setup.acquaintances.flatMap { [$0.name, $0.kind ?? ""] } + [setup.kind ?? ""]
        for w in words {
            let isPlain = w.utf8.allSatisfy { c in
                c >= 0x30 && c <= 0x39 || c >= 0x41 && c <= 0x5a || c >= 0x61 && c <= 0x7a || c == 0x5f || c == 0x2d
            }
            if !isPlain { return "`\(w)` cannot stand in a command: only letters, digits, - and _ can" }
        }
        for a in setup.acquaintances where template(of: a) == nil {
            return "the target file does not say under `told` how the node is told of "
                + (a.kind.map { "a \($0)" } ?? "`\(a.name)`")
        }
        return nil
    }
}
