import Report
import Scenario

/// The command line and machine of a run, for its reports.
extension RunReport {
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
}
