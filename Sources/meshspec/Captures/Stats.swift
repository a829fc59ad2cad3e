import Capture
import Node
import Report

enum StatsForm: String, CaseIterable {
    case table
    case json
}

/// Writes what a capture holds, in total; `limits`: what reading may keep in memory. Exit statuses are those of
/// `decode`; of a damaged capture the totals of what could be read are written all the same.
func stats(
    _ options: DecodeOptions, _ form: StatsForm, limits: CaptureLimits = CaptureLimits(),
    output: inout Output, diagnostics: inout Output
) -> Int32 {
    var statistics = RecordStatistics(options.filter)
    let reading = readCapture(
        options.paths, options.rules, options.secrets, scrutiny: options.scrutiny, limits: limits, into: &statistics,
        &diagnostics)
    if reading.status < ExitCode.usage {
        let isTerminal = output.isTerminal
        output.append { out in
            switch form {
            case .table:
                let style = Style(hasColour: options.colour, hasUnicode: Console.hasUnicode)
                StatsRenderer.table(
                    reading.tally, statistics, of: reading.captures, names: options.names, colour: options.colour,
                    over: isTerminal ? style : nil, to: &out)
            case .json: StatsRenderer.json(reading.tally, statistics, of: reading.captures, to: &out)
            }
        }
    }
    return finished(reading.status, &output, &diagnostics)
}
