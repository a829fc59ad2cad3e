import Node
import Scenario
import Text

extension Starter {
    /// A capability file that claims every capability of the protocol, except the ones that the node was found to lack.
    var capabilityFile: String {
        let width = definition.configuration.capabilities.map(\.name.count).max() ?? 0
        // The settings do not claim these. To declare one of them would run its cases all the same.
        let lacking = (known?.settings ?? (try? definition.settings())).map { definition.configuration.lacks($0) } ?? []
        let unclaimed = lacking.intersection(definition.configuration.declarable)
        let lines = definition.configuration.capabilities.map { c in
            if let why = known?.lacks[c.name] ?? lacks[c.name] {
                "  \(Style.pad(c.name + ":", width + 1)) false   # \(c.summary). Found: \(Printable.text(why))"
            } else if unclaimed.contains(c.name) {
                "  \(Style.pad(c.name + ":", width + 1)) false   # \(c.summary)"
            } else {
                "  \(Style.pad(c.name + ":", width + 1)) true    # \(c.summary)"
            }
        }
        return """
            # Capabilities of the node. `false` skips the cases that need one, and reports it; nothing is guessed.
            # `meshspec run -t \(Self.targetName) --audit-caps` compares this file with the node.
            meshspec-capabilities: 1
            protocol: \(definition.name)
            capabilities:
            \(lines.joined(separator: "\n"))

            """
    }
}
