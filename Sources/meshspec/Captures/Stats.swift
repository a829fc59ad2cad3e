import Capture
import Node
import Records
import Report
import Text

enum StatsForm: String, CaseIterable {
    case table
    case json
    /// JSON that `merge` can add up.
    case partial

    /// Reads the form from `--output`, `--json` or `--partial`; the default is a table.
    init(_ invocation: Invocation) throws(CommandError) {
        let word = try invocation.form().map { w throws(CommandError) in
            try Invocation.word(.output, w, [Self.table.rawValue, Self.json.rawValue])
        }
        guard invocation.has(.partial) else {
            self = word.flatMap { Self(rawValue: $0) } ?? .table
            return
        }
        guard word == nil else {
            throw CommandError(
                .conflict, at: .partial, "this has its own form", remedy: "leave out --output and --json")
        }
        self = .partial
    }

    /// Writes the totals. `captures` has the information in the files. `all`: no table or list is cut.
    func write(
        _ whole: PartialStatistics, of captures: [CaptureInformation] = [], names: AddressNames = AddressNames(),
        colour: Bool, all: Bool = false, to output: inout Output
    ) {
        let time = output.isTerminal ? Style(hasColour: colour, hasUnicode: Console.hasUnicode) : nil
        output.append { out in
            switch self {
            case .table:
                StatsRenderer.table(
                    whole.tally, whole.statistics, of: captures, names: names, colour: colour, over: time, all: all,
                    to: &out)
            case .json: StatsRenderer.json(whole.tally, whole.statistics, of: captures, all: all, to: &out)
            case .partial: whole.write(to: &out)
            }
        }
    }
}

/// Writes the totals of a capture. The exit status is the status of `decode`. For a damaged capture, it writes the
/// totals of the readable part.
func stats(
    _ options: DecodeOptions, _ form: StatsForm, all: Bool = false, output: inout Output, diagnostics: inout Output
) -> Int32 {
    var statistics = RecordStatistics(options.filter)
    let reading = readCapture(options.paths, options.reading, into: &statistics, &diagnostics)
    if reading.status < ExitCode.usage {
        form.write(
            PartialStatistics(reading.tally, statistics), of: reading.captures, names: options.names,
            colour: options.colour, all: all, to: &output)
    }
    return finished(reading.status, &output, &diagnostics)
}

/// Writes the times from requests to their answers.
func answerTimes(
    _ options: DecodeOptions, _ form: StatsForm, all: Bool, output: inout Output, diagnostics: inout Output
) -> Int32 {
    var times = AnswerTimes(Registry.decoded, options.filter, all: all)
    let reading = readCapture(options.paths, options.reading, into: &times, &diagnostics)
    if reading.status < ExitCode.usage {
        let style = Style(hasColour: options.colour, hasUnicode: Console.hasUnicode)
        output.append { out in
            if form == .json { times.json(to: &out) } else { times.table(style, options.names, to: &out) }
        }
    }
    return finished(reading.status, &output, &diagnostics)
}

enum IntervalForm: String, CaseIterable {
    case table
    case json
    case svg
}

/// Writes the totals of each time interval of a capture.
func intervals(
    _ options: DecodeOptions, _ width: Duration, _ form: IntervalForm, all: Bool = false, output: inout Output,
    diagnostics: inout Output
) -> Int32 {
    var counts = IntervalCounts(of: width, options.filter)
    let reading = readCapture(options.paths, options.reading, into: &counts, &diagnostics)
    if reading.status < ExitCode.usage {
        if counts.omitted > 0 {
            diagnostics.append(
                "meshspec: \(counts.omitted) messages are later than \(IntervalCounts.limit) intervals and not counted: "
                    + "use a longer --interval\n"
            )
        }
        let style = Style(hasColour: options.colour, hasUnicode: Console.hasUnicode)
        output.append { out in
            switch form {
            case .table: counts.table(style, to: &out)
            case .json: counts.json(to: &out)
            case .svg: out += counts.svg(options.paths.map { Files.name(of: $0) }.joined(separator: ", "), all: all)
            }
        }
    }
    return finished(reading.status, &output, &diagnostics)
}
