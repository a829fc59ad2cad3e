import Report
import Wire

/// The option `--mutations` of `coverage` and of the reports. It names output of `mutate --json`.
enum MutationsOption {
    static let option = Option(
        .mutations, value: "FILE", repeatable: true, "show killed mutants, from the output of `mutate --json`")

    /// Returns the mutant tallies by requirement. If several files have mutants of one kind for a requirement, the last
    /// one counts.
    static func read(_ invocation: Invocation) throws -> [String: MutantTally] {
        var out: [String: MutantTally] = [:]
        for path in invocation.all(.mutations) {
            guard let value = JSON.parse(try Files.read(path)), let tallies = MutantTally.read(value) else {
                throw CommandError(
                    .invalidFile, at: path, "this is not an output of `meshspec mutate --json` of this version")
            }
            for (id, tally) in tallies { out[id, default: tally].take(tally) }
        }
        return out
    }
}
