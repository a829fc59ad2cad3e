import Nano
import Node

@testable import Scenario

func source(_ text: String) -> SourceFile { SourceFile(name: "x.yaml", bytes: Array(text.utf8)) }

/// Returns a scenario file of the Nano protocol with these steps, so that a test shows only what matters. The steps
/// begin in line 11.
func nanoFile(_ steps: String, extra: String = "tags: [t]") -> String {
    """
    meshspec: 1
    id: x
    title: T
    protocol: nano
    covers: [NANO-16]
    \(extra)
    actors:
      peer: {role: ref, key: $(key('peer'))}
      node: {role: dut}
    steps:
    \(steps)

    """
}
/// Loads the steps and a final step that proves NANO-16. Returns the diagnostics.
func nano(_ steps: String, extra: String = "tags: [t]") -> [Diagnostic] {
    let file = nanoFile(
        "  - open: {from: peer, to: node, as: c}\n\(steps)\n  - assert: $(true)\n    req: NANO-16\n    because: true is true",
        extra: extra)
    return Scenario.load(source(file), Specification.library).diagnostics
}

extension Diagnostic {
    /// The diagnostic in the form `MS0101 3:4 message`.
    var line: String { "\(code.rawValue) \(span.start.line):\(span.start.column) \(message)" }
    var place: String { "\(span.start.line):\(span.start.column)-\(span.end.line):\(span.end.column)" }
}
