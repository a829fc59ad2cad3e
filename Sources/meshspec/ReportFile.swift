import Glibc
import Report

/// A report on its way to a file or to standard output.
final class ReportFile {
    /// Why one cannot be written.
    struct Failure: Error {
        var message: String
    }
    /// Where it goes, as the user wrote it; `-` is standard output.
    let path: String
    let name: FormatName
    private var format: any ReportFormat
    private var buffer = ReportBuffer()
    private let descriptor: Int32
    private var output: Output
    /// Standard output cannot be gone back in: what goes there stands in a file without a name until the end.
    private let isSpooled: Bool

    /// Opens the file, and makes the folders that it stands in. `appends`: what stands in it stays, such as what the
    /// steps before this one said of a job; not for formats that patch.
    init(_ name: FormatName, _ path: String, appends: Bool = false) throws(Failure) {
        self.path = path
        self.name = name
        format = name.make(path: path, definitions: Registry.definitions)
        isSpooled = path == "-"
        if isSpooled {
            descriptor = Files.temporary()
        } else {
            Files.makeFolders(of: path)
            descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o644)
        }
        guard descriptor >= 0 else {
            throw Failure(message: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        output = Output(descriptor)
    }
    deinit { close(descriptor) }

    /// What went wrong; told once, at the end.
    var failure: String? {
        if case .failed(let why)? = output.end { return "cannot write \(path): \(why)" }
        return nil
    }
    func begin(_ runs: [RunHead]) {
        format.begin(runs, to: &buffer)
        flush()
    }
    /// What came together goes out when it is much, or when `flushes`.
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
        guard isSpooled, output.isOpen else { return }
        // Now it is as it shall be.
        lseek(descriptor, 0, SEEK_SET)
        var out = Output(1)
        var chunk = [UInt8](repeating: 0, count: Output.pieceSize)
        while out.isOpen, case let n = read(descriptor, &chunk, chunk.count), n > 0 {
            out.append { $0 += chunk[..<n] }
        }
        out.flush()
        if case .failed? = out.end { output = out }
    }
}
