import Report
import Wire

/// `--mutations` of `coverage` and of the reports: what `mutate --json` wrote.
enum MutationsOption {
    static let option = Option(
        "--mutations", value: "FILE", repeatable: true, "how many mutants were killed, as `mutate --json` wrote it")

    /// Tallies by requirement: of several files that have one, those of the last.
    static func read(_ invocation: Invocation) throws(ResultsFile.Failure) -> [String: MutantTally] {
        var out: [String: MutantTally] = [:]
        for path in invocation.all("--mutations") {
            let bytes: [UInt8]
            do throws(Files.Failure) { bytes = try Files.read(path) } catch {
                throw ResultsFile.Failure(message: "\(error)", status: ExitCode.environment)
            }
            guard let value = JSON.parse(bytes), let tallies = MutantTally.read(value) else {
                throw ResultsFile.Failure(
                    message: "\(path) is not what `meshspec mutate --json` of this version writes",
                    status: ExitCode.invalid)
            }
            out.merge(tallies) { $1 }
        }
        return out
    }
}
