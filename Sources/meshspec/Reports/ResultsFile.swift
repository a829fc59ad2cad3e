import Glibc
import Report

/// A results file on disk, read line by line as often as need be: it may be larger than the memory.
final class ResultsFile {
    /// Why it cannot be used.
    struct Failure: Error {
        var message: String
        var status: Int32
    }
    /// As the user wrote it; `-` is standard input.
    let path: String
    private let descriptor: Int32

    /// Bytes that are taken from a pipe or a device, and of those before the end of the first line.
    static let maximumPipe = 4 << 30
    static let maximumHead = 16 << 20

    /// Opens it. What cannot be gone back in, such as a pipe, is copied to a file without a name.
    init(_ path: String) throws(Failure) {
        self.path = path
        var fd = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw Self.unreadable(path) }
        var s = stat()
        if fstat(fd, &s) == 0, s.st_mode & S_IFMT != S_IFREG {
            let spool = Files.temporary()
            let pipe = fd
            defer { close(pipe) }
            guard spool >= 0 else { throw Self.unreadable(path) }
            var out = Output(spool)
            var chunk = [UInt8](repeating: 0, count: Output.pieceSize)
            var size = 0
            var headSize: Int? = 0
            while out.isOpen {
                let n = Glibc.read(pipe, &chunk, chunk.count)
                if n < 0, errno == EINTR { continue }
                guard n >= 0 else {
                    let failure = Self.unreadable(path)
                    close(spool)
                    throw failure
                }
                if n == 0 { break }
                out.append { $0 += chunk[..<n] }
                size += n
                // What never ends is no results; what has no line soon is none either.
                if let head = headSize { headSize = chunk[..<n].contains(0x0a) ? nil : head + n }
                guard size <= Self.maximumPipe, headSize ?? 0 <= Self.maximumHead else {
                    close(spool)
                    let why =
                        size > Self.maximumPipe
                        ? "more than \(Self.maximumPipe >> 30) GiB came: put it into a file and name that"
                        : "its first line is longer than \(Self.maximumHead >> 20) MiB: these are no results"
                    throw Failure(message: "\(path): \(why)", status: ExitCode.invalid)
                }
            }
            out.flush()
            if case .failed(let why)? = out.end {
                close(spool)
                throw Failure(message: "cannot keep \(path): \(why)", status: ExitCode.environment)
            }
            fd = spool
        }
        descriptor = fd
    }
    deinit { close(descriptor) }

    private static func unreadable(_ path: String) -> Failure {
        Failure(message: "\(Files.Failure(path: path, code: errno))", status: ExitCode.environment)
    }
    private func invalid(_ e: ResultsError) -> Failure {
        Failure(message: "\(path):\(e.line): \(e.reason)", status: ExitCode.invalid)
    }

    /// Hands out what its lines tell, from the first one on. Returns why it ends before its summary; nil when it is
    /// whole.
    func read(_ body: (ResultsReader.Event) -> Void) throws(Failure) -> String? {
        var reader = ResultsReader()
        var number = 0
        var trouble: ResultsError?
        try lines { line throws(Failure) in
            // Something follows: it was not the last line that is damaged.
            if let trouble { throw invalid(trouble) }
            number += 1
            do throws(ResultsError) { body(try reader.read(line)) } catch {
                guard number > 1, !reader.isWhole else { throw invalid(error) }
                trouble = error
            }
            return true
        }
        if number == 0 { throw invalid(Self.empty) }
        if let trouble { return "line \(trouble.line) is damaged" }
        return reader.isWhole ? nil : "it ends without a summary"
    }
    /// The head alone.
    func head() throws(Failure) -> RunHead {
        var found: RunHead?
        try lines { line throws(Failure) in
            var reader = ResultsReader()
            do throws(ResultsError) {
                if case .start(let h) = try reader.read(line) { found = h }
            } catch {
                throw invalid(error)
            }
            return false
        }
        guard let found else { throw invalid(Self.empty) }
        return found
    }
    private static let empty = ResultsError(
        line: 1, reason: "it is empty: `meshspec run --report json=FILE` writes results")

    /// Hands out lines without their ends, until `body` has enough.
    private func lines(_ body: ([UInt8]) throws(Failure) -> Bool) throws(Failure) {
        lseek(descriptor, 0, SEEK_SET)
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Output.pieceSize)
        var number = 1
        while true {
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            if n < 0, errno == EINTR { continue }
            guard n >= 0 else { throw Self.unreadable(path) }
            if n == 0 { break }
            var from = 0
            while let end = chunk[from..<n].firstIndex(of: 0x0a) {
                line += chunk[from..<end]
                guard try body(line) else { return }
                line.removeAll(keepingCapacity: true)
                number += 1
                from = end + 1
            }
            line += chunk[from..<n]
            guard line.count <= ResultsReader.maximumLine else {
                throw invalid(
                    ResultsError(
                        line: number,
                        reason: "a line of more than \(ResultsReader.maximumLine >> 20) MiB is not one of ours"))
            }
        }
        if !line.isEmpty { _ = try body(line) }
    }
}
