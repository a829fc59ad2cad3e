public import Node

/// Several captures as one: their packets in the order of time, numbered through. Of packets of one time those of the
/// file that was named first come first; the order within a file stays as it is.
///
/// Packets of one file that were taken from another capture have the numbers that they had there (`OriginalFrame`), as
/// long as these ascend.
///
/// A damaged file gives what is whole in it; the others are read to their end before the damage is told.
public struct CaptureFiles: PacketSource, ~Copyable {
    /// Packets handed out so far.
    public private(set) var count = 0
    /// That of the current packet.
    private var number = 0
    private let files: UnsafeMutableBufferPointer<CaptureFile>
    /// Numbers of files that have a packet which was not handed out.
    private var ready: [Int] = []
    /// The file that the current packet is of.
    private var currentFile: Int?
    private var damage: CaptureError?

    /// Opens files; `-` is standard input. All are open at a time. The keys in them are added to `secrets` as they are
    /// read.
    public init(_ paths: [String], secrets: Secrets? = nil) throws(CaptureError) {
        // Not yet the member: when this throws, nobody else shall give it back.
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

    /// What the files say beside their packets, up to where they were read; in the order in which they were named.
    public var information: [CaptureInformation] { files.indices.map { files[$0].information } }

    /// Goes to the next packet of all; false at the end. What was wrong with a file is thrown there.
    public mutating func advance() throws(CaptureError) -> Bool {
        if let last = currentFile {
            currentFile = nil
            // Nothing to put in order, and nothing to read first.
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
    /// Whether the next packet is that of a file, which has one or not.
    private mutating func note(_ file: Int, _ hasPacket: Bool) -> Bool {
        guard hasPacket else { return false }
        currentFile = file
        count &+= 1
        number &+= 1
        if files.count == 1, let original = files[0].packet(number: 0).originalNumber { number = max(number, original) }
        return true
    }
    /// The packet that `advance` found. Not to be asked before it found one.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let packet = files[currentFile ?? 0].packet(number: number)
        // The bytes stay until `advance` moves a window, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// Goes to the next packet of a file, which is ready then.
    private mutating func step(_ file: Int) {
        do throws(CaptureError) {
            if try files[file].advance() { ready.append(file) }
        } catch {
            damage = damage ?? (files.count > 1 ? .inFile(files[file].name, error) : error)
        }
    }
    private func isBefore(_ a: Int, _ b: Int) -> Bool { (files[a].time, a) < (files[b].time, b) }
}
