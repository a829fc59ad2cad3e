import Glibc

/// The output of a run: text for people or, with `--json`, events for programs on standard output. Text goes to
/// standard error if events or a report use standard output.
struct RunOutput {
    let isJSON: Bool
    /// True if text for people is printed. It is off if the same terminal shows the events.
    let isForPeople: Bool
    /// The descriptor of the text for people.
    let people: Int32
    /// The reason for the first failed write. It is printed once, at the end.
    private(set) var failure: String?

    init(_ invocation: Invocation, _ reports: Reports) {
        isJSON = invocation.has(.json)
        isForPeople = !isJSON || isatty(1) == 0
        people = isJSON || reports.takesOutput ? 2 : 1
    }
    /// Prints a line for people.
    mutating func tell(_ line: String) {
        guard isForPeople else { return }
        keep(Console.write(Console.shortened(line) + "\n", to: people))
    }
    /// Writes an event.
    mutating func write(_ event: [UInt8]) { keep(Console.write(event, to: 1)) }
    private mutating func keep(_ failure: String?) { self.failure = self.failure ?? failure }
}
