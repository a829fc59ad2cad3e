import Capture
import Records
import Report
import Text

extension Command {
    static let merge = Command(
        name: "merge", summary: "add up the counts of the parts of a capture", operands: "FILE ...",
        options: [
            Option(.output, short: "-o", value: "FORM", "table or json (default table)"), .json, partial, wholeTables,
            .color,
        ],
        examples: [
            ("meshspec merge parts/*.json", "the table of `meshspec stats` for all parts together"),
            ("meshspec merge --partial a.json b.json > ab.json", "two merged into one file, which can be merged again"),
        ],
        notes: """
            FILE is written by `meshspec stats --partial`, for a part that `meshspec split` made or for another capture;
            `-` is standard input. A file may contain several counts, one per line. Order and grouping do not matter.
            Exit status:
            0 good, 1 the captures lack packets or bytes, 2 usage, 4 a file cannot be read or contains no counts.
            """
    ) { invocation in
        var whole = PartialStatistics()
        for path in try files(invocation) {
            let bytes = try Files.read(path == "-" ? "/dev/stdin" : path)
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            guard !lines.isEmpty else {
                throw CommandError(
                    .invalidFile, at: path, "the file is empty",
                    remedy: "`meshspec stats --partial` writes such a file",
                    status: ExitCode.environment)
            }
            for (i, line) in lines.enumerated() {
                do throws(PartialStatisticsError) { whole.merge(try PartialStatistics(Array(line))) } catch {
                    throw CommandError(
                        error.isOtherVersion ? .otherVersion : .invalidFile, at: "\(path):\(i + 1)",
                        error.description, status: ExitCode.environment)
                }
            }
        }
        let form = try StatsForm(invocation)
        var (output, diagnostics) = (Output(1), Output(2, of: "merge"))
        let status = isIncomplete(whole.tally, &diagnostics) ? ExitCode.failed : ExitCode.good
        tell(dropped: whole.tally.dropped, &diagnostics)
        let colour = try Console.style(invocation, descriptor: 1).hasColour
        form.write(whole, colour: colour, all: invocation.has(.all), to: &output)
        return finished(status, &output, &diagnostics)
    }
}
