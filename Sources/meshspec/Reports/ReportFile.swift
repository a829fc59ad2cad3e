import Glibc
import Report

/// A report that is being written to a file or to standard output.
final class ReportFile {
    /// The destination as the user wrote it; `-` is standard output.
    let path: String
    let name: FormatName
    private var format: any ReportFormat
    private var buffer = ReportBuffer()
    /// The descriptor that receives output while cases end.
    private let descriptor: Int32
    private var output: Output
    /// The file that gets its name at the end; nil if the report is appended to an existing file or sent to a device.
    private let new: NewFile?
    /// The destination of the copy that is made at the end; nil without a copy. It is needed if the destination cannot
    /// seek. `descriptor` is then a file without a name.
    private let outlet: Int32?

    /// Opens the file and creates its folders. `appends` keeps the content of the file, such as the summaries of
    /// earlier steps of a job. A format that seeks back cannot append.
    init(_ name: FormatName, _ path: String, appends: Bool = false) throws(CommandError) {
        self.path = path
        self.name = name
        format = name.make(path: path, definitions: Registry.definitions)
        do throws(NewFile.Failure) {
            (descriptor, new, outlet) = try Self.open(path, name, appends: appends)
        } catch {
            throw CommandError.unwritten(path, "\(error)")
        }
        output = Output(descriptor)
    }
    private static func open(
        _ path: String, _ name: FormatName, appends: Bool
    ) throws(NewFile.Failure) -> (Int32, NewFile?, outlet: Int32?) {
        func checked(_ fd: Int32) throws(NewFile.Failure) -> Int32 {
            guard fd >= 0 else { throw NewFile.Failure(code: errno) }
            return fd
        }
        _ = Files.makeFolder(Files.folder(of: path))
        if let fd = try Files.outlet(path == "-" ? "/dev/stdout" : path) {
            return path == "-" || name.goesBack ? (try checked(Files.temporary()), nil, fd) : (fd, nil, nil)
        }
        if appends {
            return (try checked(Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o644)), nil, nil)
        }
        let new = try NewFile(path)
        return (new.descriptor, new, nil)
    }
    deinit {
        if new == nil { close(descriptor) }
        if let outlet { close(outlet) }
    }

    /// The reason for a failure. It is printed once, at the end.
    var failure: CommandError? {
        if case .failed(let why)? = output.end { return CommandError.unwritten(path, why) }
        return nil
    }
    func begin(_ runs: [RunHead]) {
        format.begin(runs, to: &buffer)
        flush()
    }
    /// Adds a case. The output is written when the buffer is full.
    func add(_ r: CaseRecord, run: Int = 0) {
        format.add(r, run: run, to: &buffer)
        if buffer.pending.count >= Output.pieceSize { flush() }
    }
    func flush() {
        buffer.flush { bytes in output.append { $0 += bytes } }
        output.flush()
    }
    func end(_ ends: [RunEnd]) {
        format.end(ends, to: &buffer)
        flush()
        for p in buffer.patches where output.isOpen {
            let n = p.bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(p.offset)) }
            if n != p.bytes.count { output.fail() }
        }
        guard output.isOpen else { return }
        // The content is complete now.
        if let new {
            do throws(NewFile.Failure) { try new.finish() } catch { output.fail("\(error)") }
        }
        guard let outlet else { return }
        lseek(descriptor, 0, SEEK_SET)
        var out = Output(outlet)
        _ = Files.chunks(of: descriptor) { chunk in
            out.append { $0 += chunk }
            return out.isOpen
        }
        out.flush()
        if case .failed? = out.end { output = out }
    }
}
