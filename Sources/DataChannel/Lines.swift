#if WebRTC
    import CLinux
    import Glibc
    import Wire

    /// A reader and writer of lines on standard input and output.
    struct Lines {
        /// The maximum number of bytes of a line. A binary message of 1 MiB takes 2 MiB.
        static let limit = 4 << 20

        enum Fault: Error { case tooLong, cannotWrite }

        private var partial: [UInt8] = []

        /// Returns the lines that can be read now, without their line ends. Returns nil at the end of the input; the
        /// last line may lack its line end. Waits if there is no input.
        mutating func read() throws(Fault) -> [[UInt8]]? {
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                repeat { count = Glibc.read(0, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                count = max(count, 0)
            }
            guard !piece.isEmpty else {
                defer { partial = [] }
                return partial.isEmpty ? nil : [partial]
            }
            var lines: [[UInt8]] = []
            for part in piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                if !lines.isEmpty || part.startIndex > 0 {
                    lines.append(partial)
                    partial = []
                }
                partial += part
            }
            guard partial.count <= Self.limit else { throw .tooLong }
            return lines
        }
        /// Writes a line immediately.
        static func write(_ line: Line) throws(Fault) {
            var bytes = line.encoded()
            bytes.append(UInt8(ascii: "\n"))
            var done = 0
            while done < bytes.count {
                let count = bytes[done...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
                guard count > 0 || errno == EINTR else { throw .cannotWrite }
                done += max(count, 0)
            }
        }
        /// Prints a message for people on standard error.
        static func complain(_ text: String) { fputs("meshspec-datachannel: " + text + "\n", linux_stderr()) }
    }
#endif
