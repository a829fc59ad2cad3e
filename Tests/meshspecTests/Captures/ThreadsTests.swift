import Capture
import Glibc
import TestThreads
import Testing

@testable import Bench
@testable import meshspec

/// Several threads give the same output as one thread, byte for byte.
@Suite(.waits) struct ThreadsTests {
    /// The status, standard output and standard error.
    struct Told: Equatable {
        var status: Int32
        var output: [UInt8]
        var diagnostics: String
    }
    /// Batches of one record, of a few records, and of the usual size. The threads start with the first record.
    static let sizes: [RecordPipeline.Size] = [(1, 1), (7, 1 << 20), (256, 64 << 10)].map { records, bytes in
        var size = RecordPipeline.Size()
        (size.records, size.bytes, size.quiet) = (records, bytes, 0)
        return size
    }
    static func told(_ options: DecodeOptions) -> Told {
        var (output, diagnostics) = (Output(nil), Output(nil))
        let status = decode(
            options, output: &output, diagnostics: &diagnostics)
        return Told(
            status: status, output: output.pending, diagnostics: String(decoding: diagnostics.pending, as: UTF8.self))
    }

    @Test(
        arguments: [
            (.line, nil), (.json, nil), (.hex, "nano.keepalive or incomplete"), (.tree, "n in {5..60}"),
            (.fields, "flow != 3 and not nano.telemetry_req"), (.pcapng, "nano.keepalive"), (.json, "n > 1000000"),
        ] as [(DecodeOptions.Form, String?)])
    func decodes(_ form: DecodeOptions.Form, _ filter: String?) throws {
        let capture = try RoughCapture()
        var options = DecodeOptions(path: capture.path, form: form)
        options.filter = try filter.map { try Filter($0, Registry.definitions) }
        options.fields = try ["n", "flow", "message", "frame", "notes.text", "peers"].map {
            try FieldReference($0, Registry.definitions)
        }
        let alone = Self.told(options)
        #expect(alone.status == 1)
        #expect(alone.diagnostics.contains("the capture ends inside"))
        #expect(alone.diagnostics.contains("missing fragments"))
        #expect(alone.output.count > 1000 || filter == "n > 1000000")
        for threads in [2, 3] {
            for size in Self.sizes {
                (options.threads, options.batch) = (threads, size)
                let together = Self.told(options)
                #expect(
                    together == alone, "\(threads) threads, \(size.records) records a batch: \(together.diagnostics)")
            }
        }
    }
    enum Limit { case closed, flows, memory }
    /// The totals of a damaged capture, with limits that it reaches.
    @Test(
        arguments: [
            (.json, nil, nil), (.table, nil, nil), (.json, "nano.keepalive or incomplete or frame > 900", nil),
            (.json, "n < 300 and flow in {2..9}", nil), (.json, nil, .closed), (.json, nil, .flows),
            (.json, nil, .memory),
        ] as [(StatsForm, String?, Limit?)])
    func sums(_ form: StatsForm, _ filter: String?, _ limit: Limit?) throws {
        let capture = try RoughCapture()
        var options = DecodeOptions(path: capture.path)
        options.filter = try filter.map { try Filter($0, Registry.definitions) }
        switch limit {
        case nil: break
        case .closed: options.reading.limits.closedFlows = 12
        case .flows: options.reading.limits.flows = 12
        case .memory: options.reading.limits.memory = 6000
        }
        var (output, diagnostics) = (Output(nil), Output(nil))
        let status = stats(options, form, output: &output, diagnostics: &diagnostics)
        #expect(status == 1)
        #expect(String(decoding: diagnostics.pending, as: UTF8.self).contains("the capture ends inside"))
        #expect(output.pending.count > 500)
    }
    /// The command line joins several files, and reports unreadable files.
    @Test func files() throws {
        let (a, b) = (try RoughCapture(megabytes: 2), try RoughCapture(megabytes: 2, seed: 8))
        for files in ["'\(a.path)' '\(b.path)'", "Captures/nano/nano-node-light-v2.pcap", "nothing.pcap", "README.md"] {
            let outcomes = try (1...3).map { try Shell.run("meshspec decode -o json --threads \($0) \(files)") }
            #expect(!outcomes[0].out.isEmpty || outcomes[0].status == 4)
            for other in outcomes.dropFirst() {
                #expect(other.out == outcomes[0].out)
                #expect(other.err == outcomes[0].err)
                #expect(other.status == outcomes[0].status)
            }
        }
    }
    /// Headings are at the same places.
    @Test func follows() throws {
        let capture = try RoughCapture(megabytes: 3)
        for form in ["line", "json", "fields=n,flow,message"] {
            let outcomes = try (1...3).map {
                try Shell.run("meshspec follow -p 10.0.0.1:7075 -o \(form) --threads \($0) '\(capture.path)'")
            }
            #expect(outcomes[0].lines.count > 1000)
            for other in outcomes.dropFirst() {
                #expect(other.out == outcomes[0].out)
                #expect(other.err == outcomes[0].err)
                #expect(other.status == 1)
            }
        }
    }
    /// Batches from a pipe do not wait for more data.
    @Test func pipes() throws {
        let capture = try RoughCapture(megabytes: 3)
        let file = try Shell.run("meshspec decode -o json --threads 1 '\(capture.path)'")
        for threads in [2, 4] {
            let piped = try Shell.run("cat '\(capture.path)' | meshspec decode -o json --threads \(threads) -")
            #expect(piped.out == file.out)
            #expect(piped.err == file.err)
        }
    }
    /// The command prints all records of the bytes that it received before it waits for more.
    @Test func promptly() throws {
        let capture = try #require(GeneratedCapture(megabytes: 3))
        let folder = try Folder()
        let path = try folder.write("a.pcap", Array(try RoughCapture.read(capture.path).prefix(2_500_000)))
        let whole = try Shell.run("meshspec decode -o json '\(path)'")
        // Incomplete messages are printed at the end.
        let known = whole.lines.count - whole.lines.count { $0.contains("nano.incomplete") }
        #expect(known > 3000)
        let script = try folder.write(
            "run",
            """
            mkfifo "$1/in" "$1/out"
            meshspec decode -o json --threads 3 - < "$1/in" > "$1/out" 2> /dev/null &
            exec 3> "$1/in" 4< "$1/out"
            cat "$1/a.pcap" >&3 &
            timeout 60 head -n \(known) <&4 | wc -l
            exec 3>&-
            cat <&4 > /dev/null
            wait
            """)
        #expect(try Shell.run("bash '\(script)' '\(folder.path)'").lines == ["\(known)"])
    }
    /// A reader that closes the pipe is not an error. A full disk is an error.
    @Test func ends() throws {
        let capture = try #require(GeneratedCapture(megabytes: 8))
        for threads in 1...3 {
            let command = "meshspec decode -o json --threads \(threads) '\(capture.path)'"
            let gone = try Shell.run("\(command) | head -n 3")
            #expect(gone.lines.count == 3 && gone.err.isEmpty)
            let status = try Shell.run("set -o pipefail; \(command) | head -n 3 > /dev/null; echo $?")
            #expect(status.out == "0\n" || status.err.contains("pipefail"))
            let full = try Shell.run("\(command) > /dev/full")
            #expect(full.failed(.cannotWrite, "meshspec decode: "), "\(full.err)")
            #expect(full.err.split(separator: "\n").count == 1)
        }
    }
    @Test(arguments: ["0", "65", "two", "-1"]) func usage(_ count: String) throws {
        let out = try Shell.run("meshspec decode --threads=\(count) nothing.pcap")
        #expect(out.failed(.badValue, "--threads"), "\(out.err)")
    }
}
