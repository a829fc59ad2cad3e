#if WebRTC
    import CLinux
    import Glibc
    import Wire

    /// Lines on standard input and output.
    struct Lines {
        /// Bytes of a line; a binary message of 1 MiB takes 2 MiB.
        static let limit = 4 << 20

        enum Fault: Error { case tooLong, cannotWrite }

        private var partial: [UInt8] = []

        /// The lines that can be read now, without what ends them; nil at the end of the input, whose last line may lack
        /// its end. Waits when there is nothing.
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
        /// Writes a line at once.
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
        /// For people.
        static func complain(_ text: String) { fputs("meshspec-datachannel: " + text + "\n", linux_stderr()) }
    }
#endif
