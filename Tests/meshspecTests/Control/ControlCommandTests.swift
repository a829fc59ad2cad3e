import Glibc
import Scenario
import TestThreads
import Testing

@testable import meshspec

/// Values for the commands of a target file: from the command line, from scenarios, and from the output of the node.
/// The shell never parses a value.
@Suite(.waits) struct ControlCommandTests {
    static let hostile = [
        "$(touch owned)", "`touch owned`", "; touch owned #", "a' ; touch owned ; '", "a\" ; touch owned ; \"",
        "| touch owned", "a b  c",
        "*", "&& touch owned", "x\ntouch owned", "{other}", "${HOME}",
    ]
    /// A case that gives a control texts from a parameter, from its own text, and from the output of the node.
    static let scenario = """
        meshspec: 1
        id: own.case
        title: Words that a shell would obey
        protocol: nano
        covers: [NANO-16]
        params:
          word: {type: text, default: plain}
        actors:
          node: {role: dut}
        steps:
          - dut: {do: read, as: told}
          - dut: {do: publish, text: $(word), other: $(told), own: "; touch owned; $"}
          - assert: $(1 == 1)
            req: NANO-16
        """
    static func target(_ publish: String) -> String {
        """
        meshspec-target: 1
        protocol: nano
        address: 127.0.0.1:7
        control:
          read: cat said
          publish: "\(publish)"
        """
    }
    @Test(arguments: hostile) func arguments(_ word: String) throws {
        let folder = try Folder()
        _ = try folder.write("said", word)
        let scenario = try folder.write("case.yaml", Self.scenario)
        let target = try folder.write(
            "node.yaml",
            Self.target(
                "printf '%s|' {text} {other} {own} {host}:{port} >got; printf %s \\\"$MESHSPEC_ARG_text\\\" >same"))
        let r = try Shell.run(
            "meshspec run -t '\(target)' --no-preflight -P word=\(ShellText.word(word)) '\(scenario)'")
        #expect(r.status == 0, "\(r.err)")
        #expect(folder.text("got") == "\(word)|\(word)|; touch owned; $|127.0.0.1:7|")
        #expect(folder.text("same") == word)
        #expect(access(folder.path + "/owned", F_OK) != 0)
    }
    /// If the author quotes the placeholder, the case is an error and no command runs.
    @Test(arguments: ["echo '{text}'", "echo \\\"{text}\\\"", "sh -c 'echo {text}'", "echo `echo {text}`"])
    func quotes(_ command: String) throws {
        let folder = try Folder()
        _ = try folder.write("said", "x")
        let scenario = try folder.write("case.yaml", Self.scenario)
        let target = try folder.write("node.yaml", Self.target("touch ran; " + command))
        let r = try Shell.run("meshspec run -t '\(target)' --no-preflight -P 'word=$(touch owned)' '\(scenario)'")
        #expect(r.status == 4 && r.out.contains("`{text}` is inside "), "\(r.err)")
        #expect(access(folder.path + "/owned", F_OK) != 0 && access(folder.path + "/ran", F_OK) != 0)
    }
    /// The loader checks each command of the file.
    @Test(arguments: [
        "control: {start: 'echo \"{address}\"'}", "control: {dial: \"echo '{port}'\"}",
        "control: {other: 'echo \"{host}\"'}",
        "control: {start: 'echo \"{peers}\"'}", "told: {any: '\"{id}\"'}", "ready: {command: 'nc \"{port}\"'}",
    ]) func loading(_ line: String) throws {
        let folder = try Folder()
        let target = try folder.write(
            "node.yaml", "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:{port}\n\(line)\n")
        let r = try Shell.run("meshspec run -t '\(target)'")
        #expect(r.status == 3 && r.err.contains("is inside quotes. A value is one word without quotes"), "\(r.err)")
    }
    @Test func environment() throws {
        let folder = try Folder()
        _ = try folder.write("said", "x")
        let scenario = try folder.write("case.yaml", Self.scenario)
        let text = Self.target("printf '%s|' \\\"$A\\\" >got")
        let target = try folder.write("node.yaml", text + "\nenvironment: {A: \"a'$(touch owned)\"}")
        let r = try Shell.run("A=before meshspec run -t '\(target)' --no-preflight '\(scenario)'")
        #expect(r.status == 0, "\(r.err)")
        #expect(folder.text("got") == "a'$(touch owned)|" && access(folder.path + "/owned", F_OK) != 0)
        let bad = try folder.write("bad.yaml", text + "\nenvironment: {\"A; touch owned;\": x}")
        let refused = try Shell.run("meshspec run -t '\(bad)' --no-preflight '\(scenario)'")
        #expect(
            refused.status == 3 && refused.err.contains("cannot be a variable of the environment"), "\(refused.err)")
    }
    /// Two arguments with the same variable, and arguments that a program cannot receive.
    @Test func arguments() {
        #expect(ChosenTarget.refusal("x {a-b}", [("a-b", "1"), ("a_b", "2")])?.contains("rename one") == true)
        #expect(ChosenTarget.refusal("x {a}", [("a", "1\u{0}")])?.contains("a zero byte") == true)
        #expect(ChosenTarget.refusal("x {a}", [("a", "1"), ("b", "'")]) == nil)
    }
}
