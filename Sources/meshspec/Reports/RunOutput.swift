import Glibc
import Report

/// Where a run writes: lines for people or, with `--json`, events for programs on standard output. Lines go to standard
/// error where standard output is taken by events or by a report.
struct RunOutput {
    let isJSON: Bool
    /// Lines for people are printed: not beside events on one terminal.
    let isForPeople: Bool
    /// The descriptor for those.
    let people: Int32
    /// What went wrong with what was written, told once, at the end.
    private(set) var failure: String?

    init(_ invocation: Invocation, _ reports: Reports) {
        isJSON = invocation.has("--json")
        isForPeople = !isJSON || isatty(1) == 0
        people = isJSON || reports.takesOutput ? 2 : 1
    }
    /// A line for people.
    mutating func tell(_ line: String) {
        guard isForPeople else { return }
        keep(Console.write(Console.shortened(line) + "\n", to: people))
    }
    /// An event.
    mutating func write(_ event: [UInt8]) { keep(Console.write(event, to: 1)) }
    private mutating func keep(_ failure: String?) { self.failure = self.failure ?? failure }
}
