import Capture
import Glibc
import Records
import Report
import Scenario

/// `meshspec diff` for captures.
enum CaptureDiff {
    /// An operand: a capture, or one message of it.
    struct Side {
        var path: String
        var number: Int?
    }
    /// Compares two captures and returns the exit status; nil if the operands are not captures.
    static func run(_ invocation: Invocation) throws -> Int32? {
        let sides = invocation.operands.map(side)
        let known = sides.map { isCapture($0.path) }
        guard known.contains(true) else { return nil }
        guard !known.contains(false) else {
            throw CommandError(
                .wrongFile, "one operand is a capture and the other is not",
                remedy: "give two captures or two results files")
        }
        guard (sides[0].number == nil) == (sides[1].number == nil) else {
            throw CommandError(
                .missingArgument, "a message is compared with a message", remedy: "give FILE#N twice")
        }
        let filter = try Command.filter(invocation)
        let reading = ReadingOptions(rules: try Command.decodeAs(invocation))
        for name in invocation.all(.ignore) {
            _ = try CommandError.usage(.ignore) { try FieldReference(name, Registry.decoded) }
        }
        let isJSON = invocation.has(.json)
        let style = try Console.style(invocation, descriptor: isJSON ? 2 : 1)
        var (output, diagnostics) = (Output(1), Output(2, of: "diff"))
        var outlines: [CaptureOutline] = []
        var status = ExitCode.good
        for side in sides {
            // Two single messages are compared whole.
            let isExact = invocation.has(.allFields) || side.number != nil
            var outline = CaptureOutline(
                filter, only: side.number, ignoring: invocation.all(.ignore),
                random: isExact ? RandomFields() : RandomFields(Registry.decoded), showsLayers: invocation.has(.layers))
            let read = readCapture([side.path], reading, into: &outline, &diagnostics).status
            guard read < ExitCode.usage else { return finished(read, &output, &diagnostics) }
            if read != ExitCode.good { status = ExitCode.environment }
            if let n = side.number, outline.messages.isEmpty {
                diagnostics.flush()
                throw CommandError(
                    .nothingSelected, at: side.path, "there is no message \(n)", status: ExitCode.environment)
            }
            if outline.omitted > 0 {
                diagnostics.append(
                    "meshspec diff: \(Printable.text(side.path)): the first \(CaptureOutline.limit) messages are compared, "
                        + "\(outline.omitted) are not; choose messages with -Y\n")
                status = ExitCode.environment
            }
            outlines.append(outline)
        }
        let difference = CaptureDifference(outlines[0], outlines[1])
        if status == ExitCode.good, !difference.isEmpty { status = ExitCode.failed }
        output.append { isJSON ? difference.json(to: &$0) : difference.text(style, to: &$0) }
        return finished(status, &output, &diagnostics)
    }
    /// Parses `FILE`, or `FILE#N` if no file has that name.
    static func side(_ operand: String) -> Side {
        guard Files.kind(operand) != .file, let hash = operand.lastIndex(of: "#"),
            let n = Int(operand[operand.index(after: hash)...]), n > 0
        else { return Side(path: operand) }
        return Side(path: String(operand[..<hash]), number: n)
    }
    /// Returns true if the file begins with the magic number of pcap, pcapng or gzip.
    static func isCapture(_ path: String) -> Bool {
        guard Files.kind(path) == .file, case let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), fd >= 0 else {
            return false
        }
        defer { close(fd) }
        var start = [UInt8](repeating: 0, count: 4)
        guard read(fd, &start, 4) == 4 else { return false }
        return start[0] == 0x1f && start[1] == 0x8b
            || [
                [0x0a, 0x0d, 0x0d, 0x0a], [0xa1, 0xb2, 0xc3, 0xd4], [0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d],
                [0x4d, 0x3c, 0xb2, 0xa1],
            ].contains(start)
    }
}
