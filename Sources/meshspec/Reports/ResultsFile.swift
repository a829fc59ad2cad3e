import Glibc
import Report

/// A results file. It is read line by line each time, because it may be larger than the memory.
final class ResultsFile {
    /// The path as the user wrote it; `-` is standard input.
    let path: String
    private let descriptor: Int32

    /// The largest number of bytes that are read from a pipe or a device, and the largest number before the end of the
    /// first line.
    static let maximumPipe = 4 << 30
    static let maximumHead = 16 << 20

    /// Opens the file. An input that cannot seek, such as a pipe, is copied to a file without a name.
    init(_ path: String) throws(CommandError) {
        self.path = path
        let fd = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw Self.unreadable(path) }
        var s = stat()
        guard fstat(fd, &s) == 0, s.st_mode & S_IFMT != S_IFREG else {
            descriptor = fd
            return
        }
        defer { close(fd) }
        var size = 0
        var isInHead = true
        descriptor = try Files.spooled(fd, path) { chunk throws(CommandError) in
            size += chunk.count
            if chunk.contains(0x0a) { isInHead = false }
            // An endless input cannot be results, and neither can one whose first line does not end.
            if size > Self.maximumPipe {
                throw CommandError(
                    .invalidFile, at: path, "more than \(Self.maximumPipe >> 30) GiB of input",
                    remedy: "save it to a file and give the file")
            }
            if isInHead, size > Self.maximumHead {
                throw CommandError(
                    .invalidFile, at: path,
                    "its first line is longer than \(Self.maximumHead >> 20) MiB: it is not a results file")
            }
        }
    }
    deinit { close(descriptor) }

    private static func unreadable(_ path: String) -> CommandError {
        CommandError(Files.Failure(path: path, code: errno))
    }
    private func invalid(_ e: ResultsError) -> CommandError {
        CommandError(e.isOtherVersion ? .otherVersion : .invalidFile, at: "\(path):\(e.line)", e.reason)
    }

    /// Passes the event of each line to `body`. Returns the reason why the file is incomplete; nil if it is complete.
    func read(_ body: (ResultsReader.Event) -> Void) throws(CommandError) -> String? {
        var reader = ResultsReader()
        var number = 0
        var trouble: ResultsError?
        try lines { line throws(CommandError) in
            // Another line follows, so the damaged line was not the last one.
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
    /// Returns the head of the file.
    func head() throws(CommandError) -> RunHead {
        var found: RunHead?
        try lines { line throws(CommandError) in
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

    /// Passes each line without its line feed to `body`, until `body` returns false.
    private func lines(_ body: ([UInt8]) throws(CommandError) -> Bool) throws(CommandError) {
        lseek(descriptor, 0, SEEK_SET)
        var line: [UInt8] = []
        var number = 1
        var goesOn = true
        let isRead = try Files.chunks(of: descriptor) { chunk throws(CommandError) in
            var rest = chunk
            while let end = rest.firstIndex(of: 0x0a) {
                line += rest[..<end]
                goesOn = try body(line)
                guard goesOn else { return false }
                line.removeAll(keepingCapacity: true)
                number += 1
                rest = rest[(end + 1)...]
            }
            line += rest
            guard line.count <= ResultsReader.maximumLine else {
                throw invalid(
                    ResultsError(
                        line: number,
                        reason: "a line of more than \(ResultsReader.maximumLine >> 20) MiB: it is not a results file"))
            }
            return true
        }
        guard isRead else { throw Self.unreadable(path) }
        if goesOn, !line.isEmpty { _ = try body(line) }
    }
}
