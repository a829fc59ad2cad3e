import Glibc
import Network
import Node
import Scenario
import Wire

/// A codec that runs as a child process. Messages use its standard input and output. Each follows its length in four
/// bytes, most significant byte first. The process ends with the object.
final class CodecProcess {
    /// The largest size of an answer in bytes.
    static let maximumAnswer = 16 << 20
    private let process: Subprocess
    private let input: Int32
    private let output: Int32
    private var received: [UInt8] = []
    private let clock = MonotonicClock()

    /// Starts `sh -c command` in the current folder. Its standard error is kept for diagnostics. With MESHSPEC_VERBOSE
    /// it also appears on ours.
    init(_ command: String) throws(NetworkError) {
        let asked = try Self.pipe(command)
        let said: (reading: Int32, writing: Int32)
        do throws(NetworkError) { said = try Self.pipe(command) } catch {
            for end in [asked.reading, asked.writing] { close(end) }
            throw error
        }
        defer { for end in [asked.reading, said.writing] { close(end) } }
        do throws(NetworkError) {
            process = try Subprocess(
                command, folder: ".", printing: Console.variable("MESHSPEC_VERBOSE") != nil ? .loud : .kept,
                input: asked.reading, output: said.writing)
        } catch {
            for end in [asked.writing, said.reading] { close(end) }
            throw error
        }
        (input, output) = (asked.writing, said.reading)
        for end in [input, output] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }
    private static func pipe(_ command: String) throws(NetworkError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw NetworkError("start", command, String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
    deinit {
        for end in [input, output] { close(end) }
        process.stop()
    }

    /// Writes a request and returns its answer.
    func exchange(_ request: [UInt8], within limit: Duration, _ interrupts: Interrupts) throws(CodecTrouble) -> [UInt8]
    {
        let length = UInt32(clamping: request.count).bigEndian
        let asked = withUnsafeBytes(of: length) { Array($0) } + request
        var written = 0
        let end = clock.now + limit
        while true {
            // Bytes that arrived before the question are an error. They are found here, with bytes that have arrived
            // since.
            let isOpen = try read()
            if written == 0, !received.isEmpty {
                throw CodecTrouble(
                    "the codec sent \(received.count) bytes before it was asked: \(Self.shown(received))")
            }
            if let answer = try answer() {
                guard written == asked.count else {
                    throw CodecTrouble("the codec answered before it had the whole request")
                }
                return answer
            }
            guard isOpen else { throw ended("ended") }
            if written < asked.count {
                let n = asked[written...].withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
                if n < 0, errno != EAGAIN, errno != EINTR { throw ended("stopped reading") }
                written += max(0, n)
            }
            if interrupts.status != nil { throw CodecTrouble("interrupted", isInterrupted: true) }
            let left = (end - clock.now).nanoseconds / 1_000_000
            guard left > 0 else {
                let part = received.isEmpty ? "" : ", but \(received.count) bytes of one"
                throw CodecTrouble("no answer within \(limit.text)\(part)" + ReadyProbe.said(process.printed))
            }
            var both = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
            if written < asked.count { both.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
            poll(&both, nfds_t(both.count), Int32(min(left, 100)))
        }
    }
    /// Reads the available bytes. Returns false at the end of the output.
    private func read() throws(CodecTrouble) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while received.count <= 4 + Self.maximumAnswer {
            let n = Glibc.read(output, &chunk, chunk.count)
            if n > 0 {
                received += chunk[..<n]
            } else if n == 0 || errno != EINTR {
                return n < 0 && errno == EAGAIN
            }
        }
        return true
    }
    /// Returns the answer if it is complete; nil if it is not. Bytes after it are an error.
    private func answer() throws(CodecTrouble) -> [UInt8]? {
        guard received.count >= 4 else { return nil }
        let length = received.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maximumAnswer else {
            throw CodecTrouble(
                "an answer of \(length) bytes, at most \(Self.maximumAnswer) are read; it begins with "
                    + "\(Self.shown(received)), whose first four bytes are the length, highest byte first")
        }
        guard received.count >= 4 + length else { return nil }
        guard received.count == 4 + length else {
            throw CodecTrouble("\(received.count - 4 - length) bytes after the answer")
        }
        defer { received = [] }
        return Array(received[4...])
    }
    /// Returns the error for a codec that has ended or does not read.
    private func ended(_ what: String) -> CodecTrouble {
        // A process mostly ends shortly after its output does.
        let until = clock.now + .seconds(1)
        while process.exitStatus == nil, clock.now < until { usleep(2000) }
        guard let status = process.exitStatus else {
            let how = what == "ended" ? "closed its output and still runs" : what
            return CodecTrouble("the codec \(how)" + ReadyProbe.said(process.printed))
        }
        let signal = status > 128 ? " (signal \(status - 128): \(String(cString: strsignal(status - 128))))" : ""
        return CodecTrouble("the codec ended with status \(status)\(signal)" + ReadyProbe.said(process.printed))
    }
    /// Returns the first bytes of an invalid message, also as text if they are text.
    private static func shown(_ bytes: [UInt8]) -> String {
        let first = bytes.prefix(16)
        let isText = first.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }
        return "0x" + Array(first).hex + (isText ? " (the text \(CodecTrouble.quoted(first)))" : "")
    }
}
