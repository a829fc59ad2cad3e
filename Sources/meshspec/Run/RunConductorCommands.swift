import Glibc
import Report
import Scenario

/// The command line and machine of a run, and the commands that repeat it or one of its cases.
extension RunConductor {
    static func environment(_ invocation: Invocation, _ cases: [Case], _ seed: UInt64) -> RunEnvironment {
        var environment = RunEnvironment(
            command: commandLine(invocation, cases, seed), host: HostSystem.name, system: HostSystem.description)
        environment.add(ci: Console.variable)
        return environment
    }
    /// Returns the command line of the run. It always has the seed, and variables in place of the values of secret
    /// parameters.
    private static func commandLine(_ invocation: Invocation, _ cases: [Case], _ seed: UInt64) -> String {
        let secrets = secrets(cases)
        var given = invocation.values
        given[.seed] = ["0x" + String(seed, radix: 16)]
        let options = given.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { name, values in
            values.flatMap { $0.isEmpty ? [name.rawValue] : [name.rawValue, word($0, secrets)] }
        }
        return (["meshspec", "run"] + invocation.operands.map(ShellText.word) + options).joined(separator: " ")
    }
    static func secrets(_ cases: [Case]) -> Set<String> {
        Set(cases.flatMap { $0.scenario.parameters.filter(\.isSecret).map(\.name) })
    }
    /// Returns the command that repeats one case. `scenario` replaces the file of the case, as words of a shell.
    func command(_ r: CaseResult, scenario: String? = nil) -> String {
        let name = r.scenario.source.name
        let operand = suiteFiles.contains(name) ? r.scenario.id : name
        var words = ["meshspec", "run", scenario ?? ShellText.word(operand)]
        if r.id != r.scenario.id { words += ["--case", ShellText.word(r.id)] }
        words += ["--seed", "0x" + String(r.seed, radix: 16)]
        if !r.variant.isEmpty { words.append("--chop") }
        let secrets = Set(r.scenario.parameters.filter(\.isSecret).map(\.name))
        words += (target?.arguments ?? []).map { Self.word($0, secrets) }
        return words.joined(separator: " ")
    }
    /// Returns a word of the command for a shell. A variable replaces the value of a secret parameter.
    static func word(_ word: String, _ secrets: Set<String>) -> String {
        let name = String(word.prefix { $0 != "=" })
        guard secrets.contains(name), name.utf8.count < word.utf8.count else { return ShellText.word(word) }
        let letters = name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return ShellText.word(name + "=") + "\"${MESHSPEC_\(String(letters)):?}\""
    }
    /// The command that runs all cases again that did not pass.
    var again: String {
        let secrets = Self.secrets(plan.cases)
        let words = (["meshspec", "run"] + files + ["--last-failed"]).map(ShellText.word)
        return (words + (target?.arguments ?? []).map { Self.word($0, secrets) }).joined(separator: " ")
    }
}

/// A description of the machine that runs this program, for readers of a report on another machine.
enum HostSystem {
    /// The network name of the machine; nil if it has none.
    static var name: String? { fields.first.flatMap { $0.isEmpty ? nil : $0 } }
    /// The distribution, kernel and processor type: `Debian GNU/Linux 13 (trixie), Linux 6.12.1 x86_64`.
    static var description: String? {
        guard fields.count == 4 else { return nil }
        let kernel = fields[1...].joined(separator: " ")
        return distribution.map { "\($0), \(kernel)" } ?? kernel
    }
    /// The name of the machine, its kernel, the kernel's release, and the processor; empty if `uname` fails.
    private static var fields: [String] {
        var u = utsname()
        guard uname(&u) == 0 else { return [] }
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return [text(u.nodename), text(u.sysname), text(u.release), text(u.machine)]
    }
    /// The name of the distribution from os-release(5).
    private static var distribution: String? {
        guard let bytes = try? Files.read("/etc/os-release") else { return nil }
        for line in bytes.split(separator: 0x0a) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("PRETTY_NAME=") else { continue }
            return text.dropFirst(12).filter { $0 != "\"" && $0 != "'" }
        }
        return nil
    }
}
