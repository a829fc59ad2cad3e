internal import CPcap
internal import Glibc

/// A writer of captured packets to one file or a ring of files, as classic pcap with nanoseconds.
public final class RingWriter {
    /// The limits of a file and the number of files to keep.
    public struct Limits: Hashable, Sendable {
        /// The maximum number of bytes of a file; nil for no limit.
        public var bytes: Int?
        /// The maximum number of seconds between the first and the last packet of a file, by the packets' time; nil for
        /// no limit.
        public var seconds: Int?
        /// The number of newest files that are kept; nil for all.
        public var files: Int?
        /// Creates limits; by default, of a single file.
        public init(bytes: Int? = nil, seconds: Int? = nil, files: Int? = nil) {
            (self.bytes, self.seconds, self.files) = (bytes, seconds, files)
        }
        var isRing: Bool { bytes != nil || seconds != nil }
    }
    /// The existing files, oldest first.
    public private(set) var paths: [String] = []
    private let path: String
    private let limits: Limits
    private let handle: OpaquePointer
    private var dumper: OpaquePointer?
    private var number = 0
    private var start: Int?

    /// Begins the first file: `path` itself, or with limits `name_00001.pcap`, `name_00002.pcap` and so on. Overwrites
    /// existing files but does not follow symbolic links. The capture must live as long as the writer.
    public init(_ path: String, _ limits: Limits, of capture: borrowing LiveCapture) throws(CaptureError) {
        self.path = path
        self.limits = limits
        handle = capture.handle
        try open()
    }
    deinit { try? close() }

    /// Ends the last file. Packets written later are lost.
    public func close() throws(CaptureError) {
        guard let dumper else { return }
        self.dumper = nil
        // This writes the buffered bytes, which can fail.
        let code = pcap_dump_flush(dumper) == 0 ? 0 : errno
        pcap_dump_close(dumper)
        if code != 0 { throw failure(code) }
    }
    /// Flushes the file, so that other programs can read all packets written so far.
    public func flush() throws(CaptureError) {
        if let dumper, pcap_dump_flush(dumper) != 0 { throw failure(errno) }
    }
    private func failure(_ code: Int32) -> CaptureError {
        .cannotWrite(paths.last ?? path, String(cString: strerror(code)))
    }

    fileprivate func write(_ header: UnsafePointer<pcap_pkthdr>, _ data: UnsafePointer<UInt8>) throws(CaptureError) {
        let seconds = header.pointee.ts.tv_sec
        if let dumper, let start, isFull(dumper, 16 + Int(header.pointee.caplen), seconds - start) {
            try close()
            try open()
        }
        guard let dumper else { return }
        start = start ?? seconds
        pcap_dump(UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self), header, data)
        // This reads `errno` at once, before a later call changes it.
        let code = errno
        if let file = pcap_dump_file(dumper), ferror(file) != 0 { throw failure(code) }
    }
    private func isFull(_ dumper: OpaquePointer, _ more: Int, _ age: Int) -> Bool {
        if let bytes = limits.bytes, Int(pcap_dump_ftell64(dumper)) + more > bytes { return true }
        if let seconds = limits.seconds, age >= seconds { return true }
        return false
    }
    private func open() throws(CaptureError) {
        number += 1
        start = nil
        let name = limits.isRing ? Self.name(path, number) : path
        let descriptor = try NewCapture.open(name)
        guard let file = fdopen(descriptor, "w") else {
            let code = errno
            Glibc.close(descriptor)
            throw .cannotWrite(name, String(cString: strerror(code)))
        }
        guard let dumper = pcap_dump_fopen(handle, file) else {
            let why = pcap_geterr(handle).map { String(cString: $0) } ?? ""
            fclose(file)
            throw .cannotWrite(name, why)
        }
        self.dumper = dumper
        paths.append(name)
        while limits.isRing, let files = limits.files, paths.count > max(1, files) { unlink(paths.removeFirst()) }
    }
    /// Returns `a_00001.pcap` for `a.pcap`.
    static func name(_ path: String, _ number: Int) -> String {
        let digits = String(number)
        let counted = "_" + String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return path + counted }
        return path[..<dot] + counted + path[dot...]
    }
}

extension LiveCapture {
    /// Writes the current packet to files.
    public func write(to ring: RingWriter) throws(CaptureError) {
        guard let header, let data else { return }
        try ring.write(header, data)
    }
}
