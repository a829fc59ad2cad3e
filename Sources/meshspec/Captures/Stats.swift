import Capture
import Node
import Report

/// What `stats` is asked for.
struct StatsOptions {
    enum Form: String, CaseIterable {
        case table
        case json
    }
    /// Files, which are merged by time; `-` is standard input.
    var paths: [String]
    var form = Form.table
    /// From `-d tcp.port==17075,nano`.
    var rules: [DecodeAs] = []
    var colour = false
    /// Shown in place of addresses.
    var names = AddressNames()
    /// How closely what is said is looked at.
    var scrutiny = Scrutiny.state
    /// Which records are counted; nil for all.
    var filter: Filter?
    /// What reading may keep in memory.
    var limits = CaptureLimits()
    init(path: String, form: Form = .table) {
        paths = [path]
        self.form = form
    }
}

/// Writes what a capture holds, in total. Exit statuses are those of `decode`; of a damaged capture the totals of what
/// could be read are written all the same.
func stats(
    _ options: StatsOptions, definitions: [Definition], output: inout Output, diagnostics: inout Output
) -> Int32 {
    var statistics = RecordStatistics(options.filter)
    var tally = Tally()
    var captures: [CaptureInformation] = []
    let status = readCapture(
        options.paths, options.rules, definitions, scrutiny: options.scrutiny, limits: options.limits,
        into: &statistics,
        &tally, &diagnostics, about: &captures)
    if status < ExitCode.usage {
        let isTerminal = output.isTerminal
        output.append { out in
            switch options.form {
            case .table:
                let style = Style(hasColour: options.colour, hasUnicode: Console.hasUnicode)
                StatsRenderer.table(
                    tally, statistics, of: captures, names: options.names, colour: options.colour,
                    over: isTerminal ? style : nil, to: &out)
            case .json: StatsRenderer.json(tally, statistics, of: captures, to: &out)
            }
        }
    }
    output.flush()
    return finished(status, output, &diagnostics)
}
