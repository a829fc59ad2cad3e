import Capture
import Glibc
import Wire

@testable import meshspec

/// A file of any bytes as the input of every command that reads captures, in every form of output.
enum FileInput {
    static func run(_ bytes: [UInt8]) {
        let fd = Files.temporary()
        guard fd >= 0 else { return }
        defer { close(fd) }
        guard bytes.withUnsafeBytes({ write(fd, $0.baseAddress, $0.count) }) == bytes.count else { return }
        let path = "/proc/self/fd/\(fd)"
        var statuses: Set<Int32> = []
        for form in DecodeOptions.Form.allCases {
            var options = DecodeOptions(path: path, form: form)
            if form == .fields { options.fields = TextInput.columns }
            var (output, diagnostics) = (Output(nil), Output(nil))
            statuses.insert(
                decode(options, output: &output, diagnostics: &diagnostics))
            switch form {
            case .line, .tree, .hex, .fields, .html: Property.checkPrintable(output.pending, "\(form)")
            case .json:
                for line in output.pending.split(separator: 10) {
                    Property.check(JSON.parse(Array(line)) != nil, "no JSON: \(String(decoding: line, as: UTF8.self))")
                }
            case .pcapng: if statuses.isDisjoint(with: [4]) { readBack(output.pending) }
            }
            Property.checkPrintable(diagnostics.pending, "diagnostics")
        }
        for form in StatsForm.allCases {
            var (output, diagnostics) = (Output(nil), Output(nil))
            statuses.insert(
                stats(
                    DecodeOptions(path: path), form, output: &output,
                    diagnostics: &diagnostics))
            Property.checkPrintable(output.pending, "stats")
            if form == .json, !output.pending.isEmpty {
                Property.check(JSON.parse(output.pending) != nil, "stats: no JSON")
            }
        }
        JudgedInput.run(path)
        // All forms of output agree on the part of the file that could be read.
        Property.check(statuses.count == 1 && statuses.isSubset(of: [0, 1, 4]), "statuses \(statuses)")
    }
    /// Checks that meshspec reads a capture that it wrote, without a diagnostic.
    private static func readBack(_ bytes: [UInt8]) {
        let fd = Files.temporary()
        guard fd >= 0 else { return }
        defer { close(fd) }
        guard bytes.withUnsafeBytes({ write(fd, $0.baseAddress, $0.count) }) == bytes.count else { return }
        do throws(CaptureError) {
            var file = try CaptureFile("/proc/self/fd/\(fd)")
            while try file.advance() {}
        } catch { Property.check(false, "what -o pcapng wrote: \(error)") }
    }
}
