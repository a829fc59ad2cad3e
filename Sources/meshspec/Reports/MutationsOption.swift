import Report
import Wire

/// `--mutations` of `coverage` and of the reports: what `mutate --json` wrote.
enum MutationsOption {
    static let option = Option(
        "--mutations", value: "FILE", repeatable: true, "how many mutants were killed, as `mutate --json` wrote it")

    /// Tallies by requirement: of several files that have one, those of the last.
    static func read(_ invocation: Invocation) throws -> [String: MutantTally] {
        var out: [String: MutantTally] = [:]
        for path in invocation.all("--mutations") {
            guard let value = JSON.parse(try Files.read(path)), let tallies = MutantTally.read(value) else {
                throw CommandError(
                    status: ExitCode.invalid, "\(path) is not what `meshspec mutate --json` of this version writes")
            }
            out.merge(tallies) { $1 }
        }
        return out
    }
}
