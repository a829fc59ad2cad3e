import Node
import Scenario
import Wire

extension Starter {
    /// A target file with every key and its purpose. Keys that are not needed are commented out.
    var targetFile: String {
        var out = """
            ## The node under test, for `meshspec run -t \(Self.targetName)`. Lines with `##` explain. Lines with
            ## one `#` are examples: remove it to use them. In commands, meshspec fills in {address}, {host} and {port}.

            """
        for key in Target.keys
        where !definition.reference.kinds.isEmpty || !["kind", "identity", "told"].contains(key.name) {
            out += "\n" + comment(key.name, key.summary) + "\n" + example(key.name) + "\n"
        }
        return out
    }
    private func comment(_ name: String, _ summary: String) -> String {
        let more: [String] =
            switch name {
            case "profile": definition.configuration.profiles.map { "\($0.name): \($0.summary)" } + asked
            case "parameters":
                definition.configuration.parameters.map {
                    "\($0.name): \($0.summary); \($0.choices.joined(separator: ", "))"
                } + asked
            case "address":
                address == nil ? ["with {port}, each run chooses a free port"] : []
            case "listen":
                [
                    "without it, cases in which the node has to dial us are skipped; port 0 chooses a free one, if",
                    "`dial` or {peers} in `start` passes it to the node",
                ]
            case "addresses":
                [
                    "cases with several nodes call the further ones `second` and `third`; if an address has {port} and",
                    "`start` has {peers}, meshspec starts these nodes as well, for each case",
                ]
            case "capabilities": ["a capability that is not listed there is claimed and judged"]
            case "kind": definition.reference.kinds.map { "\($0.name): \($0.summary)" } + asked
            case "identity": asked
            case "told":
                [
                    "with {peers}, {kind} or {id} in `start`, meshspec starts the node for each case; {peers} has this text",
                    "for each peer that the node has to know, with {address}, {host}, {port}, {id}, {kind} and {name}",
                ]
            case "ready":
                definition.transport == .tcp
                    ? ["without it: as soon as it accepts connections"]
                    : ["without it: as soon as it takes datagrams"]
            case "control":
                [
                    "`start` runs before the first case and is stopped after the last one; `exec` allows to stop it",
                    "`dial` has to make the node open a connection to {address}, which is our address there",
                ]
                    + (address == nil
                        ? ["this starts our own reference node: replace it by the command that starts your node"] : [])
            default: []
            }
        return (["## \(name): \(summary)"] + more.map { "##   " + $0 }).joined(separator: "\n")
    }
    /// A hint that a run asks the node for settings that the file does not have.
    private var asked: [String] { address == nil ? [] : ["without it, a run asks the node"] }
    /// A comment sign for settings that a run asks the node for, if the node did not answer when the file was written.
    private var unlessAsked: String { address != nil && known == nil ? "#" : "" }
    /// Settings as options of `meshspec node`.
    private var settings: String {
        let all = definition.configuration
        let profile = all.profiles.first.map { " --profile " + ShellText.word($0.name) } ?? ""
        return profile + all.parameters.map { " -P " + ShellText.word("\($0.name)=\(value($0))") }.joined()
    }
    /// Returns a text as a YAML value, quoted unless it is a plain word. A node chooses some of these texts.
    static func yaml(_ text: String) -> String {
        func isPlain(_ c: UInt8) -> Bool {
            switch c {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-._/+".utf8.contains(c)
            }
        }
        let isWord = text.utf8.first.map { isPlain($0) && !"-+".utf8.contains($0) } ?? false
        let isTaken = ["null", "true", "false"].contains(text.lowercased())
        return isWord && text.utf8.allSatisfy(isPlain) && !isTaken ? text : QuotedScalar.text(text)
    }
    /// The value of a parameter: the one that the node reported, or the preset.
    private func value(_ p: Parameter) -> String { known?.settings.values[p.name] ?? p.preset }
    /// Returns the key with a valid value, commented out if the file does not need it.
    private func example(_ name: String) -> String {
        let node = "exec meshspec node \(definition.name)"
        switch name {
        case "meshspec-target": return "meshspec-target: 1"
        case "name": return "name: \(address == nil ? "reference node, standing in for yours" : "my node")"
        case "protocol": return "protocol: \(definition.name)"
        case "profile":
            let preset = definition.configuration.profiles.first?.name ?? ""
            return "\(unlessAsked)profile: \(Self.yaml(known?.settings.profile ?? preset))"
        case "parameters":
            let list = definition.configuration.parameters.map { "\($0.name): \(Self.yaml(value($0)))" }
            return "\(unlessAsked)parameters: {\(list.joined(separator: ", "))}"
        case "address": return "address: \(QuotedScalar.text(address ?? "127.0.0.1:{port}"))"
        case "listen": return address == nil ? "listen: 127.0.0.1:0" : "#listen: 127.0.0.1:0"
        case "addresses":
            return "#addresses: {second: \"127.0.0.1:{port}\"}"
        case "capabilities": return "capabilities: \(capabilitiesName)"
        case "environment": return "#environment: {LOG_LEVEL: debug}"
        case "kind": return "#kind: \(Self.yaml(known?.kind ?? definition.reference.kinds.first?.name ?? ""))"
        case "identity": return "#identity: 0x\(known?.identity?.hex ?? String(repeating: "00", count: 20))"
        case "told": return "#told: {any: \"--peer {id}@{address}\"}"
        case "ready": return "#ready: {command: \"test -e node.pid\", within: 15s}"
        case "control":
            if address != nil {
                return """
                    #control:
                    #  start: exec ./my-node --listen {address}
                    #  dial: exec ./my-node --connect {address}
                    """
            }
            return """
                control:
                  start: \(node) --listen {address}\(settings)
                  dial: \(node) --connect {address}\(settings)
                """
        default: return "#\(name):"
        }
    }
}
