public import Node

/// A reader that merges several captures: it returns their packets in order of time, with continuous numbers. If
/// packets have the same time, those of the file named first are first. The order within a file does not change.
///
/// Packets of a single file that were extracted from another capture keep the numbers that they had there
/// (`OriginalFrame`), as long as these ascend.
///
/// The reader returns the complete packets of a damaged file and reads the other files to their end. Then it throws the
/// error.
public struct CaptureFiles: PacketSource, ~Copyable {
    /// The number of packets returned so far.
    public private(set) var count = 0
    /// The number of the current packet.
    private var number = 0
    private let files: UnsafeMutableBufferPointer<CaptureFile>
    /// The indices of the files that have a packet not yet returned.
    private var ready: [Int] = []
    /// The index of the file with the current packet.
    private var currentFile: Int?
    private var damage: CaptureError?

    /// Opens all files; `-` is standard input. All stay open at the same time. Adds the keys in them to `secrets` as it
    /// reads them.
    public init(_ paths: [String], secrets: Secrets? = nil) throws(CaptureError) {
        // This is not yet the property, so that `deinit` does not free the memory again if this initializer throws.
        let files = UnsafeMutableBufferPointer<CaptureFile>.allocate(capacity: paths.count)
        var opened = 0
        do throws(CaptureError) {
            for path in paths {
                let file = try CaptureFile(path, secrets: secrets)
                files.initializeElement(at: opened, to: file)
                opened += 1
            }
        } catch {
            for i in 0..<opened { files.deinitializeElement(at: i) }
            files.deallocate()
            throw error
        }
        self.files = files
        for i in 0..<paths.count { step(i) }
    }
    deinit {
        for i in files.indices { files.deinitializeElement(at: i) }
        files.deallocate()
    }

    /// The contents of the files other than packets, up to the current position; in the order in which the files were
    /// named.
    public var information: [CaptureInformation] { files.indices.map { files[$0].information } }

    /// Moves to the next packet of all files. Returns false at the end. At the end it throws the error of a damaged
    /// file.
    public mutating func advance() throws(CaptureError) -> Bool {
        if let last = currentFile {
            currentFile = nil
            // One file needs no merging, so nothing is read ahead.
            if files.count == 1 { return note(0, try files[0].advance()) }
            step(last)
        }
        guard let next = ready.indices.min(by: { isBefore(ready[$0], ready[$1]) }) else {
            if let damage {
                self.damage = nil
                throw damage
            }
            return false
        }
        return note(ready.remove(at: next), true)
    }
    /// Numbers the next packet, which is in `file`. Returns false if the file has no packet.
    private mutating func note(_ file: Int, _ hasPacket: Bool) -> Bool {
        guard hasPacket else { return false }
        currentFile = file
        count &+= 1
        number &+= 1
        if files.count == 1, let original = files[0].packet(number: 0).originalNumber { number = max(number, original) }
        return true
    }
    /// Returns the packet that `advance` found. The caller must not call it before `advance` found one.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let packet = files[currentFile ?? 0].packet(number: number)
        // The bytes stay in place until `advance` moves a window, and `advance` takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// Moves a file to its next packet and adds the file to `ready`. Keeps the first error.
    private mutating func step(_ file: Int) {
        do throws(CaptureError) {
            if try files[file].advance() { ready.append(file) }
        } catch {
            damage = damage ?? (files.count > 1 ? .inFile(files[file].name, error) : error)
        }
    }
    private func isBefore(_ a: Int, _ b: Int) -> Bool { (files[a].time, a) < (files[b].time, b) }
}
