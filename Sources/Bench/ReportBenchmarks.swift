import CLinux
import Glibc
import Nano
import Node
import Report
import Scenario

extension Benchmark {
    /// The row that writes reports of 100,000 cases in all formats. Every hundredth case is a failure with its trace.
    static let reports = Benchmark(
        name: "reports of 100000 cases", limit: "their run, simulated", goal: "below 0.1 for all formats together"
    ) {
        guard let cases = ManyCases(), let rate = cases.trivial.rate(2000, { $0.simulate(Schedule($1), $2) }) else {
            return nil
        }
        guard let least = (0..<3).map({ _ in cases.write() }).min() else { return nil }
        return Row(figure: least / 1e9, limit: Double(cases.ids.count) / rate, unit: "s")
    }
    /// The memory for writing the reports, in addition to the cases themselves.
    static let reportMemory = Benchmark(name: "memory of those reports", limit: "wanted", goal: "at most 1 (64 MiB)") {
        guard let cases = ManyCases() else { return nil }
        // Free room in the heap from earlier rows would hide the memory of this one.
        linux_trim_heap()
        guard let before = Memory().now, Memory.forgetPeak() else { return nil }
        _ = cases.write()
        guard let peak = Memory().peak else { return nil }
        return Row(figure: Double(max(0, peak - before)) / Double(1 << 20), limit: 64, unit: "MiB")
    }
}

/// The records of a long run.
private struct ManyCases {
    let trivial: Trivial
    let ids: [String]
    let passed: CaseRecord
    let failed: CaseRecord
    let head: RunHead
    let end: RunEnd

    /// Makes the records; nil if the cases do not have the expected verdicts.
    init?() {
        let wrong = Trivial.text.replacing("within: 5s}", with: "within: 5s, fields: {version: 7}}")
        guard let good = Trivial(), let bad = Trivial(text: wrong), let p = good.record(.pass),
            let f = bad.record(.fail)
        else { return nil }
        trivial = good
        passed = p
        failed = f
        ids = (0..<100_000).map { "bench.trivial.number-\($0)" }
        head = RunHead(
            program: "bench", target: "bench", seed: 1, cases: ids.count, requirements: good.rules)
        var counts = Counts()
        for i in ids.indices { counts.add(i % 100 == 99 ? f : p, good.rules) }
        end = RunEnd(counts: counts, exit: counts.exitCode)
    }
    /// Writes all formats to `/dev/null`. Returns the elapsed time in nanoseconds, without making the records.
    func write() -> Double {
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nowhere) }
        let start = Benchmark.now
        var reports = FormatName.allCases.map { Report(format: $0.make(definitions: [.nano]), file: nowhere) }
        for f in reports.indices { reports[f].begin(head) }
        for (i, id) in ids.enumerated() {
            var r = i % 100 == 99 ? failed : passed
            r.id = id
            for f in reports.indices { reports[f].add(r) }
        }
        for f in reports.indices { reports[f].end(end) }
        return Benchmark.now - start
    }
}

/// A report that is written to a file.
private struct Report {
    var format: any ReportFormat
    let file: Int32
    private var buffer = ReportBuffer()

    init(format: any ReportFormat, file: Int32) { (self.format, self.file) = (format, file) }
    mutating func begin(_ head: RunHead) { format.begin([head], to: &buffer) }
    mutating func add(_ r: CaseRecord) {
        format.add(r, run: 0, to: &buffer)
        if buffer.pending.count >= 65_536 { flush() }
    }
    mutating func end(_ end: RunEnd) {
        format.end([end], to: &buffer)
        flush()
    }
    private mutating func flush() {
        let file = file
        buffer.flush { _ = Glibc.write(file, $0, $0.count) }
    }
}

extension Trivial {
    /// Returns the record of the case; nil if its verdict is not `wanted`.
    fileprivate func record(_ wanted: Verdict) -> CaseRecord? {
        var out: CaseRecord?
        runner.simulate(Schedule([one])) {
            out = CaseRecord($0, content: "", command: "meshspec run bench.trivial --seed 0x1 --simulate")
        }
        return out?.verdict == wanted ? out : nil
    }
}
